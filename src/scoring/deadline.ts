/**
 * The time limit of a request and the signal that ends its work. On the way of a scorer that answers
 * at once nothing is allocated: no timer, no listener, and the abort controller is used again
 * (making one costs 4 µs on Node 20, a fifth of a whole request).
 */
import type { RequestNotes } from './request-notes.ts';
import { slipwayError, type SlipwayError } from '../errors/slipway-error.ts';

/** Whoever waits for an answer: anything that emits `close` when it goes away. */
export interface Caller {
  /** True once it has gone: then `close` has been emitted already. */
  readonly destroyed?: boolean;
  once(event: 'close', listener: () => void): unknown;
  off(event: 'close', listener: () => void): unknown;
}

/** Work that has begun. */
export interface Begun {
  /** As `performance.now()`. */
  readonly startedAtMs: number;
  readonly caller?: Caller;
  /** Where to note how the work goes. */
  readonly notes?: RequestNotes | undefined;
}

/** Holds requests to one time limit. */
export interface Deadline {
  /** Now, as `performance.now()`. @throws DEADLINE_EXCEEDED when the time is over */
  check(startedAtMs: number): number;
  /**
   * Runs `work`, aborting it when the time is over or the caller leaves.
   *
   * @throws DEADLINE_EXCEEDED, CLIENT_GONE
   */
  run<T>(begun: Begun, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

const settledPromise: Promise<void> = Promise.resolve();

/** Makes the deadline of all requests that may take `timeoutMs`. */
export function createDeadline(timeoutMs: number): Deadline {
  const idle: AbortController[] = [];
  return {
    check(startedAtMs) {
      const now = performance.now();
      if (now - startedAtMs > timeoutMs) throw deadlineError(timeoutMs);
      return now;
    },
    async run(begun, work) {
      const controller = idle.pop() ?? new AbortController();
      const pending = work(controller.signal);
      let settled = false;
      const mark = (): void => {
        settled = true;
      };
      pending.then(mark, mark);
      // The reactions of a promise that is settled already run before our own continuation.
      await settledPromise;
      if (!settled) return watch(pending, begun, controller, timeoutMs);
      idle.push(controller);
      return pending;
    },
  };
}

function watch<T>(
  pending: Promise<T>,
  { startedAtMs, caller }: Begun,
  controller: AbortController,
  timeoutMs: number,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const stop = (error: SlipwayError): void => {
      release();
      controller.abort(error);
      reject(error);
    };
    const leave = (): void => stop(clientGone());
    const remainingMs = Math.max(0, startedAtMs + timeoutMs - performance.now());
    const timer = setTimeout(() => stop(deadlineError(timeoutMs)), remainingMs);
    const release = (): void => {
      clearTimeout(timer);
      caller?.off('close', leave);
    };
    caller?.once('close', leave);
    pending.then(resolve, reject).finally(release);
    if (caller?.destroyed === true) leave();
  });
}

/** The error for work whose answer nobody waits for. */
export function clientGone(): SlipwayError {
  return slipwayError('CLIENT_GONE', 'The client left before the answer was there.');
}

function deadlineError(timeoutMs: number): SlipwayError {
  return slipwayError('DEADLINE_EXCEEDED', `Scoring took longer than ${timeoutMs / 1000} s.`, {
    details: { timeoutMs },
  });
}
