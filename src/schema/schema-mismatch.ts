/** The error of one value, column or tensor that does not fit; `enforceInput` puts data and schema around it. */
import { type SlipwayError, slipwayError } from '../errors/slipway-error.ts';

/** Where the misfit is, as far as it is known. Rows count from 0. */
export interface MisfitDetails {
  readonly column?: string | number;
  readonly row?: number;
  readonly value?: string;
  readonly expectedType?: string;
  readonly missing?: readonly (string | number)[];
  readonly extra?: readonly (string | number)[];
}

/** Makes a SCHEMA_ENFORCEMENT_FAILED with MLflow's own sentence. */
export function schemaMismatch(
  message: string,
  details: MisfitDetails = {},
  cause?: unknown,
): SlipwayError {
  return slipwayError('SCHEMA_ENFORCEMENT_FAILED', message, { details: { ...details }, cause });
}
