/** What the user reads when a command fails: one line, with `--verbose` also what caused it. */
import { isSlipwayError, type SlipwayError } from '../errors/slipway-error.ts';

/** The lines for stderr. An error outside the catalogue is a bug and shows its stack. */
export function describeFailure(error: unknown, verbose: boolean): string {
  if (!isSlipwayError(error)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `slipway: unexpected error: ${text}\n`;
  }
  const [head, rest] = splitOutput(error);
  const first = `slipway: ${oneLine(head)} [${error.code}]\n${rest}`;
  return verbose ? first + causesOf(error.cause) : first;
}

/** The last lines of another program stay lines, below the message. */
function splitOutput({ message, details }: SlipwayError): readonly [string, string] {
  const end = message.indexOf('\n');
  if (end < 0 || !Array.isArray(details['tail'])) return [message, ''];
  return [message.slice(0, end), `${message.slice(end + 1)}\n`];
}

function causesOf(cause: unknown): string {
  if (cause === undefined) return '';
  if (!(cause instanceof Error)) {
    return `  caused by: ${typeof cause === 'string' ? oneLine(cause) : typeof cause}\n`;
  }
  return `  caused by: ${cause.name}: ${oneLine(cause.message)}\n${causesOf(cause.cause)}`;
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim();
}
