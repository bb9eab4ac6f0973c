/** The Python environment of a model: found where it is there and fits, made where not. */
import { rm } from 'node:fs/promises';
import type { PrepareOptions } from '../contract/runtime.ts';
import { slipwayError } from '../errors/slipway-error.ts';
import type { SavedModel } from '../model/saved-model.ts';
import { type EnvironmentPlan, planEnvironment } from './environment-plan.ts';
import { findExecutable } from './find-executable.ts';
import { findLocalPython } from './find-local-python.ts';
import { askInterpreter, interpreterIn } from './interpreter.ts';
import type { PythonEnvironment } from './python-environment.ts';
import { runProgram } from './run-program.ts';
import { virtualEnvironment } from './virtual-environment.ts';

/**
 * Prepares the environment that `model` wants, by the manager of `options`; with `local`, finds the Python that
 * is there. Afterwards {@link findPreparedEnvironment} finds the same at once.
 *
 * @throws PYTHON_NOT_FOUND, ENV_MANAGER_UNAVAILABLE, ENVIRONMENT_FAILED, ENVIRONMENT_FILE_INVALID,
 *   REQUIREMENT_INVALID, MLMODEL_INVALID
 */
export async function prepareEnvironment(
  model: SavedModel,
  options: PrepareOptions = {},
): Promise<PythonEnvironment> {
  if (options.envManager === 'local') return localEnvironment(options);
  const found = await findPreparedEnvironment(model, options);
  if (found !== null) return found;
  const plan = await planEnvironment(model, options, false);
  await build(plan, options);
  return virtualEnvironment(plan, plan.directory, options);
}

/**
 * Gives the environment that {@link prepareEnvironment} would, if it is there and fits; else null. Installs nothing.
 *
 * @throws ENVIRONMENT_FILE_INVALID, MLMODEL_INVALID
 */
export async function findPreparedEnvironment(
  model: SavedModel,
  options: PrepareOptions = {},
): Promise<PythonEnvironment | null> {
  if (options.envManager === 'local') return localEnvironment(options).catch(() => null);
  const plan = await planEnvironment(model, options, false);
  const asked = await askInterpreter(interpreterIn(plan.directory));
  return asked === null ? null : virtualEnvironment(plan, plan.directory, options);
}

async function localEnvironment(options: PrepareOptions): Promise<PythonEnvironment> {
  const { file } = await findLocalPython(options);
  const variables = options.extraEnvironment ?? {};
  return { kind: 'python', manager: 'local', python: file, directory: null, variables };
}

async function build(plan: EnvironmentPlan, options: PrepareOptions): Promise<void> {
  const wanted = plan.python?.split('.').slice(0, 2).join('.') ?? '3';
  const python = await findExecutable(`python${wanted}`);
  if (python === null) {
    throw slipwayError('PYTHON_NOT_FOUND', `No python${wanted} on PATH; name one with --python.`);
  }
  const environment = { ...process.env, ...options.extraEnvironment, PIP_NO_INPUT: '1' };
  const inside = interpreterIn(plan.directory);
  const { buildDependencies, dependencies } = plan.spec;
  const steps = [
    [python, '-m', 'venv', plan.directory],
    ...[buildDependencies, dependencies, plan.overrides]
      .filter((lines) => lines.length > 0)
      .map((lines) => [
        inside,
        '-m',
        'pip',
        'install',
        ...lines.flatMap((line) => line.split(/(?<=^-[rc])\s+/)),
      ]),
  ];
  for (const [file = '', ...args] of steps) {
    options.onProgress?.({ step: [file, ...args].join(' ') });
    const { code, tail } = await runProgram(file, args, {
      environment,
      directory: plan.modelDirectory,
    });
    if (code === 0) continue;
    await rm(plan.directory, { recursive: true, force: true });
    throw slipwayError('ENVIRONMENT_FAILED', tail.slice(-10).join('\n'));
  }
}
