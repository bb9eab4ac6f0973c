/** conda's programs and command lines, the same as MLflow's. Source: mlflow/utils/conda.py 3.17.2. */
import path from 'node:path';
import { slipwayError } from '../errors/slipway-error.ts';
import { findExecutable } from './find-executable.ts';
import type { InstallCommand } from './installer.ts';

/** Paths of the programs. */
export interface CondaPrograms {
  readonly conda: string;
  /** What makes environments: `MLFLOW_CONDA_CREATE_ENV_CMD`, such as mamba. Default: conda. */
  readonly create: string;
}

/**
 * Finds conda below `MLFLOW_CONDA_HOME`, beside `CONDA_EXE`, or on PATH.
 *
 * @throws ENV_MANAGER_UNAVAILABLE
 */
export async function findConda(environment: NodeJS.ProcessEnv): Promise<CondaPrograms> {
  const creator = environment['MLFLOW_CONDA_CREATE_ENV_CMD'] || 'conda';
  const [conda, create] = await Promise.all(
    ['conda', creator].map((name) => findExecutable(locate(name, environment), environment)),
  );
  if (conda && create) return { conda, create };
  const missing = conda ? creator : 'conda';
  throw slipwayError(
    'ENV_MANAGER_UNAVAILABLE',
    `--env-manager conda: ${missing} is not on PATH. Install it, name its folder with MLFLOW_CONDA_HOME, or use --env-manager virtualenv, which needs no conda.`,
    { details: { program: missing } },
  );
}

function locate(name: string, environment: NodeJS.ProcessEnv): string {
  const home = environment['MLFLOW_CONDA_HOME'];
  if (home) return path.join(home, 'bin', name);
  const program = environment['CONDA_EXE'];
  return program ? path.join(path.dirname(program), name) : name;
}

/** Lists the folders of all environments, as JSON. */
export function listCommand({ conda }: CondaPrograms): InstallCommand {
  return { file: conda, args: ['env', 'list', '--json'] };
}

/** Makes the environment `name` as conda.yaml (`file`) says. */
export function createCommand(
  { create }: CondaPrograms,
  name: string,
  file: string,
  { offline = false }: { readonly offline?: boolean },
): InstallCommand {
  const args = ['env', 'create', '-n', name, '--file', file];
  return { file: create, args: [...args, ...(offline ? ['--offline'] : [])] };
}

/** Installs overrides; conda pins with one `=`. */
export function overrideCommand(
  { conda }: CondaPrograms,
  name: string,
  overrides: readonly string[],
): InstallCommand {
  const packages = overrides.map((one) => one.replace('==', '='));
  return { file: conda, args: ['install', '-n', name, '--yes', ...packages] };
}

/** Removes what a failed or interrupted creation left. */
export function removeCommand({ conda }: CondaPrograms, name: string): InstallCommand {
  return { file: conda, args: ['remove', '--yes', '--name', name, '--all'] };
}
