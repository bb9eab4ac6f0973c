/** What Fastify throws, in the words of the catalogue; anything else is passed on as it is. */
import { slipwayError } from '../errors/slipway-error.ts';

/** Translates an error of the framework. */
export function catalogueErrorOf(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return slipwayError('BODY_TOO_LARGE', 'The request body is larger than the server accepts.', {
        cause: error,
      });
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'ECONNRESET':
      return slipwayError('CLIENT_GONE', 'The client left before its request was complete.', {
        cause: error,
      });
    default:
      return error;
  }
}
