import { slipwayError, type SlipwayError } from '../../errors/slipway-error.ts';

/** The error for bytes that are no UTF-8. Source: mlflow scoring_server invocations 3.17.2. */
export function invalidUtf8(
  details: { readonly rows?: readonly [number, number] } = {},
): SlipwayError {
  const where =
    details.rows === undefined ? '' : ` (in rows ${details.rows[0]} to ${details.rows[1]})`;
  return slipwayError(
    'INVALID_INPUT',
    `Invalid input. Ensure that input is a valid UTF-8 encoded string.${where}`,
    { details },
  );
}
