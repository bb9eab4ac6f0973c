import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';

/** The error of a request without a key. */
export function keyRequired(): SlipwayError {
  return slipwayError(
    'API_KEY_REQUIRED',
    'The request shows no key that this server knows; send one in the header X-API-Key, or after "Bearer" in Authorization.',
  );
}
