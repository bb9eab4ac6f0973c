/** The Python environment of a model: found where it is there and fits, made where not. */
import path from 'node:path';
import type { PrepareOptions } from '../contract/runtime.ts';
import type { SavedModel } from '../model/saved-model.ts';
import { buildEnvironment, workFolderName } from './build-environment.ts';
import { checkEnvironment } from './check-environment.ts';
import { chooseInstaller, findUv } from './choose-installer.ts';
import { withLock } from './environment-lock.ts';
import { type EnvironmentPlan, planEnvironment } from './environment-plan.ts';
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
  if (options.envManager === 'local') return localEnvironment(options);
  const choice = await chooseInstaller(options);
  const plan = await planEnvironment(model, options, choice.uv !== null);
  const { onProgress, signal } = options;
  const found = await lookFor(plan, options);
  if (found.environment !== null) return found.environment;
  return withLock(
    path.join(plan.root, workFolderName),
    path.basename(plan.directory),
    {
      ...(signal === undefined ? {} : { signal }),
      onWait: ({ pid }) =>
        onProgress?.({ step: `waiting for process ${pid}, which makes the same environment` }),
    },
    async () => {
      const again = await lookFor(plan, options);
      if (again.environment !== null) return again.environment;
      if (again.misfit !== null) {
        onProgress?.({ step: `making ${plan.directory} anew: ${again.misfit}` });
      }
      await buildEnvironment(plan, choice, options);
      return virtualEnvironment(plan, plan.directory, options);
    },
  );
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
  if (options.envManager === 'local') return localEnvironment(options).catch(() => null);
  const plan = await planEnvironment(model, options, (await findUv(options)) !== null);
  return (await lookFor(plan, options)).environment;
}

async function localEnvironment(options: PrepareOptions): Promise<PythonEnvironment> {
  const { file } = await findLocalPython(options);
  const variables = options.extraEnvironment ?? {};
  return { kind: 'python', manager: 'local', python: file, directory: null, variables };
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
