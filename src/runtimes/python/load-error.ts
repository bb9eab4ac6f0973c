import { isSlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import type { PythonEnvironment } from '../../env/python-environment.ts';
import type { SavedModel } from '../../model/saved-model.ts';

/** Says why a model did not load, where its worker said so; any other error stays as it is. */
export function loadError(
  error: unknown,
  model: SavedModel,
  environment: PythonEnvironment,
): unknown {
  if (!isSlipwayError(error, 'WORKERS_FAILED')) return error;
  const fatal = error.details['fatal'] as Fatal | undefined;
  if (fatal?.error === undefined) return error;
  const { error: type, message, traceback } = fatal;
  return slipwayError(
    'MODEL_LOAD_FAILED',
    `${model.directory} cannot be loaded by ${environment.python}: ${type}: ${message}${adviceFor(type, environment)}`,
    { details: { type, traceback, python: environment.python }, cause: error },
  );
}

/** A worker's `fatal` message. */
interface Fatal {
  readonly error?: string;
  readonly message?: string;
  readonly traceback?: string;
}

function adviceFor(type: string, { manager }: PythonEnvironment): string {
  if (type !== 'ModuleNotFoundError' && type !== 'ImportError') return '';
  return manager === 'local'
    ? '. Install what the model needs, or use --env-manager virtualenv.'
    : '. Add what is missing with --pip-requirements-override, or save the model with extra_pip_requirements.';
}
