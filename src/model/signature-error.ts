/** What is wrong in a signature, and where. */
import { slipwayError, type SlipwayError } from '../errors/slipway-error.ts';
import { describeValue } from './describe-value.ts';

/** Makes the error "`where`: expected `expected`, got `value`"; `where` names file and key. */
export function signatureError(where: string, expected: string, value: unknown): SlipwayError {
  return slipwayError(
    'SIGNATURE_INVALID',
    `${where}: expected ${expected}, got ${describeValue(value)}`,
    { details: { where, expected } },
  );
}
