/** What the user reads when a command fails: one line, with `--verbose` also what caused it. */
import { isSlipwayError } from '../errors/slipway-error.ts';

/** The lines for stderr. An error outside the catalogue is a bug and shows its stack. */
export function describeFailure(error: unknown, verbose: boolean): string {
  if (!isSlipwayError(error)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `slipway: unexpected error: ${text}\n`;
  }
  const first = `slipway: ${oneLine(error.message)} [${error.code}]\n`;
  return verbose ? first + causesOf(error.cause) : first;
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
