/** Refusals of what is not there yet: never a silent success. */
import { type SlipwayError, slipwayError } from '../errors/slipway-error.ts';

/** The error for a command or option that this version does not have. */
export function capabilityRefusal(what: string): SlipwayError {
  return slipwayError(
    'CAPABILITY_UNAVAILABLE',
    `${what} is not there in this version of Slipway, which can predict, serve and inspect.`,
    { details: { method: what } },
  );
}
