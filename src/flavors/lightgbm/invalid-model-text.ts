import { type ErrorDetails, type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';

/** The error for a text that is not what LightGBM writes. */
export function invalidModelText(reason: string, more: ErrorDetails = {}): SlipwayError {
  return slipwayError('MODEL_FILE_INVALID', `The LightGBM model file is damaged: ${reason}.`, {
    details: { reason, ...more },
  });
}

/** The error for a model that can only be scored through Python. */
export function notNative(reason: string): SlipwayError {
  return slipwayError(
    'MODEL_NOT_NATIVE',
    `The LightGBM model can't be scored natively: ${reason}.`,
    { details: { reason } },
  );
}
