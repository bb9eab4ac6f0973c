import { type SlipwayError, slipwayError } from '../errors/slipway-error.ts';

/** An error that says why a file is refused, and where: `byte 12`, `schema.json content.x`. */
export function invalidFile(reason: string, where: string): SlipwayError {
  return slipwayError('MODEL_FILE_INVALID', `The model file can't be read: ${reason} (${where}).`, {
    details: { reason, where },
  });
}
