/** What Fastify throws, in the words of the catalogue; anything else is passed on as it is. */
import { slipwayError } from '../errors/slipway-error.ts';

/** Translates an error of the framework. */
export function catalogueErrorOf(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  switch (error.code) {
    case 'ECONNRESET':
      return slipwayError('CLIENT_GONE', 'The client left before its request was complete.', {
        cause: error,
      });
    default:
      return error;
  }
}
