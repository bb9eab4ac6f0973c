/** The Python environment of a model: found where it is there and fits, made where not. */
import path from 'node:path';
import type { PrepareOptions } from '../contract/runtime.ts';
import { slipwayError } from '../errors/slipway-error.ts';
import type { SavedModel } from '../model/saved-model.ts';
import { buildEnvironment, workFolderName } from './build-environment.ts';
import { checkEnvironment } from './check-environment.ts';
import { chooseInstaller, findUv } from './choose-installer.ts';
import {
  buildCondaEnvironment,
  condaEnvironment,
  type CondaPlan,
  findCondaEnvironment,
  planConda,
} from './conda-environment.ts';
import { withLock } from './environment-lock.ts';
import { defaultEnvRoot, type EnvironmentPlan, planEnvironment } from './environment-plan.ts';
import { findLocalPython } from './find-local-python.ts';
import type { PythonEnvironment } from './python-environment.ts';
import { virtualEnvironment } from './virtual-environment.ts';

/**
 * Prepares the environment that `model` wants, by the manager of `options`; with `local`, finds the Python that
 * is there. Afterwards {@link findPreparedEnvironment} finds the same at once.
 *
 * @throws PYTHON_NOT_FOUND, ENV_MANAGER_UNAVAILABLE, ENVIRONMENT_FAILED, ENVIRONMENT_FILE_INVALID, INVALID_OPTION,
 *   MLMODEL_INVALID
 */
export async function prepareEnvironment(
  model: SavedModel,
  options: PrepareOptions = {},
): Promise<PythonEnvironment> {
  switch (managerOf(model, options)) {
    case 'local':
      return localEnvironment(options);
    case 'conda':
      return prepareConda(await planConda(model, options), options);
    default:
      return prepareVirtual(model, options);
  }
}

/**
 * Gives the environment that {@link prepareEnvironment} would, if it is there and fits; else null. Installs nothing.
 *
 * @throws ENV_MANAGER_UNAVAILABLE, ENVIRONMENT_FILE_INVALID, INVALID_OPTION, MLMODEL_INVALID
 */
export async function findPreparedEnvironment(
  model: SavedModel,
  options: PrepareOptions = {},
): Promise<PythonEnvironment | null> {
  const manager = managerOf(model, options);
  if (manager === 'local') return localEnvironment(options).catch(() => null);
  if (manager === 'conda') {
    const found = await findCondaEnvironment(await planConda(model, options));
    return found?.misfit === null ? condaEnvironment(found.prefix, options) : null;
  }
  const plan = await planEnvironment(model, options, (await findUv(options)) !== null);
  return (await lookFor(plan, options)).environment;
}

/** As in MLflow, conda without an `env` in the flavor means the local Python. */
function managerOf(model: SavedModel, options: PrepareOptions): PrepareOptions['envManager'] {
  if (options.envManager !== 'conda') return options.envManager;
  const flavor = model.flavors.get('python_function');
  if (flavor?.['env'] !== undefined && flavor['env'] !== null) return 'conda';
  options.onProgress?.({
    step: 'note: the model names no environment, so the local Python is used in place of conda',
  });
  return 'local';
}

async function localEnvironment(options: PrepareOptions): Promise<PythonEnvironment> {
  const { file } = await findLocalPython(options);
  const variables = options.extraEnvironment ?? {};
  return { kind: 'python', manager: 'local', python: file, directory: null, variables };
}

async function prepareVirtual(
  model: SavedModel,
  options: PrepareOptions,
): Promise<PythonEnvironment> {
  const choice = await chooseInstaller(options);
  const plan = await planEnvironment(model, options, choice.uv !== null);
  const found = await lookFor(plan, options);
  if (found.environment !== null) return found.environment;
  return locked(plan.root, path.basename(plan.directory), options, async () => {
    const again = await lookFor(plan, options);
    if (again.environment !== null) return again.environment;
    if (again.misfit !== null) {
      options.onProgress?.({ step: `making ${plan.directory} anew: ${again.misfit}` });
    }
    await buildEnvironment(plan, choice, options);
    return virtualEnvironment(plan, plan.directory, options);
  });
}

async function prepareConda(plan: CondaPlan, options: PrepareOptions): Promise<PythonEnvironment> {
  const found = await findCondaEnvironment(plan);
  if (found?.misfit === null) return condaEnvironment(found.prefix, options);
  const root = options.envRoot ?? defaultEnvRoot();
  return locked(root, plan.name, options, async () => {
    const again = await findCondaEnvironment(plan);
    if (again?.misfit === null) return condaEnvironment(again.prefix, options);
    return condaEnvironment(await buildCondaEnvironment(plan, again, options), options);
  });
}

interface Looked {
  readonly environment: PythonEnvironment | null;
  /** Why what stands in the plan's own place does not fit; null where nothing stands there. */
  readonly misfit: string | null;
}

async function lookFor(plan: EnvironmentPlan, options: PrepareOptions): Promise<Looked> {
  let misfit: string | null = null;
  for (const directory of [plan.directory, ...plan.alternatives]) {
    const reason = await checkEnvironment(directory, plan);
    if (reason === null) {
      return { environment: virtualEnvironment(plan, directory, options), misfit: null };
    }
    if (directory === plan.directory && reason !== 'absent') misfit = reason;
  }
  return { environment: null, misfit };
}

/** Does `work` while no other process makes the same environment. */
async function locked<T>(
  root: string,
  name: string,
  { onProgress, signal }: PrepareOptions,
  work: () => Promise<T>,
): Promise<T> {
  const options = {
    ...(signal === undefined ? {} : { signal }),
    onWait: ({ pid }: { readonly pid: number }): void =>
      onProgress?.({ step: `waiting for process ${pid}, which makes the same environment` }),
  };
  try {
    return await withLock(path.join(root, workFolderName), name, options, work);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (!/^(EACCES|EPERM|EROFS|ENOSPC|ENOTDIR)$/.test(code)) throw cause;
    throw slipwayError(
      'ENVIRONMENT_FAILED',
      `The folder of environments ${root} cannot be written (${code}). Set MLFLOW_ENV_ROOT to one that can.`,
      { details: { root }, cause },
    );
  }
}
