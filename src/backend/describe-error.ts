import { isSlipwayError } from '../errors/slipway-error.ts';

/** An error within a line of the log: its message and its code. */
export function describeError(error: unknown): string {
  return isSlipwayError(error) ? `${error.message} [${error.code}]` : String(error);
}
