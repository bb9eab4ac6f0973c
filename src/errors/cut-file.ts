/** Files that no program reads: they are not there, empty, cut off or a pointer to the file. */
import { isSlipwayError, type SlipwayError } from './slipway-error.ts';

/** Goes into the details of a MODEL_FILE_INVALID for such a file, so that nobody else is asked to read it. */
export const cutFile: { readonly isCut: true } = { isCut: true };

/** Does an error say that no program reads the file? */
export function saysFileIsCut(error: unknown): error is SlipwayError {
  return isSlipwayError(error, 'MODEL_FILE_INVALID') && error.details['isCut'] === true;
}
