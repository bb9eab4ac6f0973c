/** What is said of a worker that ended when it should not have. */
import { type SlipwayError, slipwayError } from '../errors/slipway-error.ts';
import type { Message } from './message.ts';
import { WorkerRequestError } from './worker-pool-types.ts';
import type { ProcessEnd } from './worker-process.ts';

/** Why a worker did not become ready. */
export interface StartFailure {
  readonly pid: number;
  readonly end: ProcessEnd;
  /** Its `fatal` message. */
  readonly fatal: Message | null;
  /** What it sent was not a message, or not of our protocol. */
  readonly nonsense: unknown;
  /** What it printed last. */
  readonly lastLines: readonly string[];
}

/** True where the same will happen again: the worker gave up by itself, nobody killed it. */
export function isLasting({ end, fatal, nonsense }: StartFailure): boolean {
  return end.signal === null || fatal !== null || nonsense !== undefined;
}

/** The error of a request whose worker ended. */
export function lostError(pid: number, end: ProcessEnd): SlipwayError {
  const advice =
    end.signal === 'SIGKILL'
      ? 'If nobody killed it, the system may be out of memory.'
      : 'What it printed before stands in the log.';
  return slipwayError(
    'WORKER_LOST',
    `The worker process ${pid} ${describeEnd(end)} while it worked on the request. ${advice}`,
    { details: { pid, exitCode: end.exitCode, signal: end.signal } },
  );
}

/** The error of every request once the pool has given up. */
export function workersFailedError(failure: StartFailure, failuresInARow: number): SlipwayError {
  const { end, fatal, nonsense, lastLines } = failure;
  const times = failuresInARow === 1 ? '' : ` ${failuresInARow} times in a row`;
  return slipwayError(
    'WORKERS_FAILED',
    `The worker processes failed to start${times}; no more are started. The last: ${reasonOf(failure)}`,
    {
      details: {
        ...(fatal !== null && { fatal: fatal.header }),
        exitCode: end.exitCode,
        signal: end.signal,
        lastLines,
      },
      cause: fatal === null ? (nonsense ?? end.error) : new WorkerRequestError(fatal),
    },
  );
}

function reasonOf({ end, fatal, nonsense, lastLines }: StartFailure): string {
  if (fatal !== null) return fatalText(fatal);
  if (nonsense instanceof Error) return nonsense.message;
  const printed = lastLines.length === 0 ? 'It printed nothing.' : lastLines.slice(-3).join('\n');
  return `it ${describeEnd(end)} before it was ready. ${printed}`;
}

/** `error` is the whole text, or the kind of the error where there is a `message`. */
function fatalText({ header }: Message): string {
  const { error, message } = header;
  const parts = [error, message].filter((part) => typeof part === 'string' && part !== '');
  return parts.length === 0 ? JSON.stringify(header) : parts.join(': ');
}

function describeEnd({ exitCode, signal, error }: ProcessEnd): string {
  if (error !== undefined) return `could not be started (${error.message})`;
  return signal === null ? `ended with exit code ${exitCode}` : `was ended by ${signal}`;
}
