import { type SlipwayError, slipwayError } from '../../../errors/slipway-error.ts';

/** The error for a file whose estimator is not as LightGBM leaves it. */
export function invalidModelFile(reason: string): SlipwayError {
  return slipwayError('MODEL_FILE_INVALID', `The LightGBM estimator can't be used: ${reason}.`, {
    details: { reason },
  });
}
