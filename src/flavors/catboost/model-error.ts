/** The errors of reading a CatBoost model. */
import { type ErrorDetails, type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';

/** The error for a file that is not what CatBoost writes. */
export function invalidModelFile(reason: string, more: ErrorDetails = {}): SlipwayError {
  return slipwayError('MODEL_FILE_INVALID', `The CatBoost model file is damaged: ${reason}.`, {
    details: { reason, ...more },
  });
}

/** The error for a model that only CatBoost itself scores. */
export function notNative(reason: string): SlipwayError {
  return slipwayError(
    'MODEL_NOT_NATIVE',
    `The CatBoost model can't be scored natively: ${reason}.`,
    { details: { reason } },
  );
}
