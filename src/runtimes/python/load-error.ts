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
  const fatal = error.details['fatal'] as { readonly error?: FatalError } | undefined;
  const { type, message, traceback } = fatal?.error ?? {};
  if (type === undefined) return error;
  return slipwayError(
    'MODEL_LOAD_FAILED',
    `${model.directory} cannot be loaded by ${environment.python}: ${type}: ${message}${adviceFor(type, environment)}`,
    { details: { type, traceback, python: environment.python }, cause: error },
  );
}

interface FatalError {
  readonly type?: string;
  readonly message?: string;
  readonly traceback?: string;
}

function adviceFor(type: string, { manager }: PythonEnvironment): string {
  if (type !== 'ModuleNotFoundError' && type !== 'ImportError') return '';
  return manager === 'local'
    ? '. Install what the model needs, or use --env-manager virtualenv.'
    : '. Add what is missing with --pip-requirements-override, or save the model with extra_pip_requirements.';
}
