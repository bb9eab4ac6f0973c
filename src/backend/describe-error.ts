import { isSlipwayError } from '../errors/slipway-error.ts';

/** An error within a line of the log: the first line of its message, and its code. */
export function describeError(error: unknown): string {
  if (!isSlipwayError(error)) return String(error);
  const [first = ''] = error.message.split('\n', 1);
  return `${first.trimEnd()} [${error.code}]`;
}
