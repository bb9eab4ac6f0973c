/** Tells whoever runs the server of answers of 500 and above; never with anything of the request. */
import { isSlipwayError } from '../errors/slipway-error.ts';

/** Writes one report. */
export type Report = (text: string) => void;

/** Where reports go that nobody asked for: stderr. */
export function defaultReport(text: string): void {
  console.error(text);
}

/**
 * Reports `error` if its answer says that the server is at fault. A full queue and a model that is not ready yet are no
 * faults, and would fill the log when the server has least time for it; what a model raises may repeat the request.
 */
export function reportUnexpected(error: unknown, status: number, report: Report): void {
  if (status < 500 || status === 504) return;
  if (isSlipwayError(error, 'QUEUE_FULL') || isSlipwayError(error, 'CLIENT_GONE')) return;
  if (isSlipwayError(error, 'SERVED_MODEL_NOT_READY')) return;
  if (isSlipwayError(error, 'MODEL_RAISED')) {
    report('slipway: the model raised an MlflowException of a server error [MODEL_RAISED]');
    return;
  }
  if (isSlipwayError(error)) {
    report(`slipway: ${error.message} [${error.code}]`);
    return;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  report(`slipway: unexpected error in a request: ${text}`);
}
