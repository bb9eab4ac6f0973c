/** What is to be made for a model: from its files and the options, before anything is looked for or installed. */
import { createHash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import type { EnvManager, PrepareOptions } from '../contract/runtime.ts';
import { readInside } from '../model/environment-files.ts';
import { type PythonEnvSpec, readPythonEnvSpec } from '../model/python-env-spec.ts';
import type { SavedModel } from '../model/saved-model.ts';
import { environmentName } from './environment-name.ts';

/** uv.lock names every file of every package. */
const lockLimitBytes = 32 * 2 ** 20;

/** A virtual environment to be found or made. */
export interface EnvironmentPlan {
  readonly manager: EnvManager;
  /** Folder of the model: where relative paths in its requirements start. */
  readonly modelDirectory: string;
  /** Folder that holds all environments. */
  readonly root: string;
  /** Where it is made. */
  readonly directory: string;
  /** Where else one may stand that fits: the one that MLflow made. */
  readonly alternatives: readonly string[];
  readonly spec: PythonEnvSpec;
  /** Version or interpreter wanted; null where any Python 3 will do. */
  readonly python: string | null;
  readonly overrides: readonly string[];
  /** What `--install-mlflow` installs; null without it. */
  readonly mlflow: readonly string[] | null;
  /** True where uv is to install exactly what the model's uv.lock says. */
  readonly usesLockFile: boolean;
}

/** Default of `envRoot`: `MLFLOW_ENV_ROOT`, else `~/.mlflow/envs`. */
export function defaultEnvRoot(environment: NodeJS.ProcessEnv = process.env): string {
  const root = environment['MLFLOW_ENV_ROOT'];
  return path.resolve(root || path.join(os.homedir(), '.mlflow', 'envs'));
}

/**
 * Reads what the model wants. `hasUv` says whether uv will do the work: only uv understands uv.lock.
 *
 * @throws ENVIRONMENT_FILE_INVALID, MLMODEL_INVALID
 */
export async function planEnvironment(
  model: SavedModel,
  options: PrepareOptions,
  hasUv: boolean,
): Promise<EnvironmentPlan> {
  const { lock, notes } = await readLockFile(model, hasUv);
  const read = await readPythonEnvSpec(model);
  const spec = { ...read, notes: [...read.notes, ...notes] };
  const overrides = options.pipRequirementsOverride ?? [];
  const root = path.resolve(options.envRoot ?? defaultEnvRoot());
  const mlflow = options.installMlflow === true ? mlflowArguments(model) : null;
  const salt = {
    ...(overrides.length === 0 ? {} : { overrides }),
    ...(options.python === undefined ? {} : { python: options.python }),
  };
  const key = {
    spec,
    python: spec.python ?? '3',
    ...(mlflow === null ? {} : { environmentId: mlflowId(model) }),
  };
  const plainName = environmentName({ ...key, salt });
  const lockSalt = lock === null ? {} : { lock: sha256(lock) };
  return {
    manager: options.envManager ?? 'virtualenv',
    modelDirectory: model.directory,
    root,
    directory: path.join(root, environmentName({ ...key, salt: { ...salt, ...lockSalt } })),
    alternatives: lock === null ? [] : [path.join(root, plainName)],
    spec,
    python: options.python ?? spec.python,
    overrides,
    mlflow,
    usesLockFile: lock !== null,
  };
}

/** uv.lock counts where uv does the work and its project file is there too, without which uv refuses it. */
async function readLockFile(
  { directory }: SavedModel,
  hasUv: boolean,
): Promise<{ readonly lock: string | null; readonly notes: readonly string[] }> {
  const [lock, project] = await Promise.all(
    ['uv.lock', 'pyproject.toml'].map((name) => readInside(directory, name, lockLimitBytes)),
  );
  if (lock == null) return { lock: null, notes: [] };
  if (hasUv && project != null) return { lock, notes: [] };
  const reason = hasUv ? 'pyproject.toml is missing' : 'only uv understands it';
  return { lock: null, notes: [`uv.lock is passed over (${reason}); requirements.txt counts`] };
}

/** MLflow's `env_id`: what {@link mlflowArguments} installs, as part of names. */
export function mlflowId(model: SavedModel): string {
  return process.env['MLFLOW_HOME'] || (model.mlflowVersion ?? '');
}

/** Requirements of `--install-mlflow`. MLflow installs its own version, or a checkout; here the model's version stands for it. */
export function mlflowArguments(model: SavedModel): readonly string[] {
  const home = process.env['MLFLOW_HOME'];
  if (home) return ['-e', path.resolve(home)];
  return [model.mlflowVersion === null ? 'mlflow' : `mlflow==${model.mlflowVersion}`];
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
