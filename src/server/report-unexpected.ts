/** Tells whoever runs the server of answers of 500 and above; never with anything of the request. */
import { isSlipwayError } from '../errors/slipway-error.ts';

/** Writes one report. */
export type Report = (text: string) => void;

/** Reports `error` if its answer says that the server is at fault. */
export function reportUnexpected(error: unknown, status: number, report: Report): void {
  if (status < 500 || status === 504) return;
  if (isSlipwayError(error)) {
    report(`slipway: ${error.message} [${error.code}]`);
    return;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  report(`slipway: unexpected error in a request: ${text}`);
}
