/** Environments made by conda, which keeps them under a name of its own and in its own place. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { PrepareOptions } from '../contract/runtime.ts';
import { slipwayError } from '../errors/slipway-error.ts';
import { environmentPaths, readInside, readModelEnvironment } from '../model/environment-files.ts';
import { expandRequirements } from '../model/requirement-lines.ts';
import type { SavedModel } from '../model/saved-model.ts';
import { checkEnvironment, type EnvironmentDemands } from './check-environment.ts';
import {
  type CondaPrograms,
  createCommand,
  findConda,
  listCommand,
  overrideCommand,
  removeCommand,
} from './conda-command.ts';
import { condaEnvironmentName } from './environment-name.ts';
import { mlflowArguments, mlflowId } from './environment-plan.ts';
import { installerEnvironment } from './installer-environment.ts';
import { interpreterIn } from './interpreter.ts';
import type { PythonEnvironment } from './python-environment.ts';
import { runInstaller } from './run-installer.ts';
import { runProgram } from './run-program.ts';
import { virtualEnvironment } from './virtual-environment.ts';

/** A conda environment to be found or made. */
export interface CondaPlan {
  readonly programs: CondaPrograms;
  readonly name: string;
  /** Absolute path of conda.yaml. */
  readonly file: string;
  readonly demands: EnvironmentDemands;
  /** The whole environment of conda's processes. */
  readonly environment: NodeJS.ProcessEnv;
  readonly modelDirectory: string;
}

/** Where an environment of the plan's name stands, and why it does not fit; null where it fits. */
export interface FoundConda {
  readonly prefix: string;
  readonly misfit: string | null;
}

/**
 * Reads what the model wants of conda.
 *
 * @throws ENV_MANAGER_UNAVAILABLE, ENVIRONMENT_FILE_INVALID without conda.yaml, MLMODEL_INVALID
 */
export async function planConda(model: SavedModel, options: PrepareOptions): Promise<CondaPlan> {
  const relative = environmentPaths(model).conda;
  const text = await readInside(model.directory, relative);
  const { conda } = await readModelEnvironment(model);
  if (text === null || conda === null) {
    throw slipwayError(
      'ENVIRONMENT_FILE_INVALID',
      `${model.directory} has no ${relative}, so conda cannot make its environment; use --env-manager virtualenv.`,
    );
  }
  const overrides = options.pipRequirementsOverride ?? [];
  const mlflow = options.installMlflow === true ? mlflowArguments(model) : null;
  const requirements = await expandRequirements(model.directory, conda.pip);
  const environment = condaVariables(options);
  const name = condaEnvironmentName(text, {
    ...(mlflow === null ? {} : { environmentId: mlflowId(model) }),
    ...(overrides.length === 0 ? {} : { salt: { overrides } }),
  });
  return {
    programs: await findConda(environment),
    name: options.envRoot === undefined ? name : `${name}-${sha1(path.normalize(options.envRoot))}`,
    file: path.join(model.directory, relative),
    demands: {
      python: pinnedPython(conda.dependencies),
      spec: { requirements },
      overrides,
      mlflow,
    },
    environment,
    modelDirectory: model.directory,
  };
}

/** Only `python=3.11.7` says which; other comparisons leave the choice to conda. */
function pinnedPython(dependencies: readonly string[]): string | null {
  for (const entry of dependencies) {
    const version = /^python={1,2}([\d.]+\d)/.exec(entry)?.[1];
    if (version !== undefined) return version;
  }
  return null;
}

function condaVariables(options: PrepareOptions): NodeJS.ProcessEnv {
  const { envRoot: root, offline, findLinks = [] } = options;
  return {
    ...installerEnvironment(options),
    ...(root === undefined
      ? {}
      : {
          CONDA_ENVS_PATH: path.join(root, 'conda_envs'),
          CONDA_PKGS_DIRS: path.join(root, 'conda_cache_pkgs'),
        }),
    ...(offline === true ? { PIP_NO_INDEX: '1' } : {}),
    ...(findLinks.length === 0 ? {} : { PIP_FIND_LINKS: findLinks.join(' ') }),
  };
}

/** Looks among conda's environments; null where there is none of that name. */
export async function findCondaEnvironment(plan: CondaPlan): Promise<FoundConda | null> {
  const { file, args } = listCommand(plan.programs);
  const { code, stdout } = await runProgram(file, args, { environment: plan.environment });
  const prefix = code === 0 ? prefixIn(stdout, plan.name) : null;
  if (prefix === null) return null;
  return { prefix, misfit: await checkEnvironment(prefix, plan.demands) };
}

function prefixIn(json: string, name: string): string | null {
  try {
    const { envs = [] } = JSON.parse(json) as { envs?: readonly string[] };
    return envs.find((folder) => path.basename(folder) === name) ?? null;
  } catch {
    return null;
  }
}

/**
 * Makes the environment in place of one that does not fit; gives its folder. Hold its lock.
 *
 * @throws ENVIRONMENT_FAILED
 */
export async function buildCondaEnvironment(
  plan: CondaPlan,
  found: FoundConda | null,
  options: PrepareOptions,
): Promise<string> {
  const { programs, name, demands } = plan;
  if (found !== null)
    await run(plan, removeCommand(programs, name), 'removing the old one', options);
  options.onProgress?.({ step: `making the conda environment ${name}` });
  try {
    const create = createCommand(programs, name, plan.file, options);
    await run(plan, create, 'conda env create', options);
    if (demands.overrides.length > 0) {
      const override = overrideCommand(programs, name, demands.overrides);
      await run(plan, override, 'installing the overrides', options);
    }
    const made = await findCondaEnvironment(plan);
    if (made === null) throw notListed(name);
    if (demands.mlflow !== null) {
      const args = ['-I', '-m', 'pip', 'install', ...demands.mlflow];
      const install = { file: interpreterIn(made.prefix), args };
      await run(plan, install, 'installing MLflow', options);
    }
    return made.prefix;
  } catch (error) {
    const remove = removeCommand(programs, name);
    await runProgram(remove.file, remove.args, { environment: plan.environment });
    throw error;
  }
}

async function run(
  { environment, modelDirectory, demands }: CondaPlan,
  command: ReturnType<typeof listCommand>,
  task: string,
  options: PrepareOptions,
): Promise<void> {
  const pythonVersion = demands.python ?? '3';
  await runInstaller(
    command,
    { environment, directory: modelDirectory, pythonVersion, task },
    options,
  );
}

/** The environment at `prefix`, with the variables that `conda activate` would set. */
export function condaEnvironment(
  prefix: string,
  options: Pick<PrepareOptions, 'extraEnvironment'>,
): PythonEnvironment {
  const plain = virtualEnvironment({ manager: 'conda' }, prefix, options);
  const { VIRTUAL_ENV: _, ...variables } = plain.variables;
  const own = { CONDA_PREFIX: prefix, CONDA_DEFAULT_ENV: path.basename(prefix) };
  return { ...plain, variables: { ...own, ...variables } };
}

function notListed(name: string): Error {
  return slipwayError(
    'ENVIRONMENT_FAILED',
    `conda made ${name} and does not list it (conda env list --json). Check the envs_dirs of its configuration.`,
  );
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
