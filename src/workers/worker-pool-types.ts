/** A pool of worker processes, as whoever starts it sees it. Knows processes and messages, no models. */
import type { Message } from './message.ts';

/** How to start one worker. It speaks messages over descriptor 3, a socket to its parent. */
export interface WorkerCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** The whole environment of the process. */
  readonly environment: Readonly<Record<string, string>>;
  readonly directory?: string;
  /** First message to each worker. */
  readonly start: Message;
}

/** Options of `createWorkerPool`. */
export interface WorkerPoolOptions {
  readonly command: WorkerCommand;
  /** Processes. */
  readonly workers: number;
  /** Requests that one worker answers at once. */
  readonly callsPerWorker: number;
  /**
   * Failures to become ready in a row, over all workers, after which the pool gives up, unless a worker is
   * ready. Where none ever was, it gives up once each has failed by itself. Default: 3.
   */
  readonly maxStartFailures?: number;
  /**
   * Milliseconds that a worker has to answer a request that was aborted for the given reason; one that does not
   * is taken for hung and replaced. The reason is undefined where the loop of a stream was left.
   * Default: 200, whatever the reason.
   */
  readonly cancelGraceMs?: (reason: unknown) => number;
  /**
   * Gets each line that a worker prints; lines over 64 KiB come in pieces. While a promise that it returned
   * is not settled, no more is read from that worker's output. Default: written to stderr.
   */
  readonly onLog?: (line: string, pid: number) => Promise<void> | void;
  /** Gets the phases that a worker reports before it is ready: importing, loading… */
  readonly onPhase?: (phase: string, pid: number) => void;
}

/** Worker processes that answer requests; a lost one is replaced. */
export interface WorkerPool {
  /** Resolves with the `ready` message of the first worker; rejects when the pool gives up. */
  readonly ready: Promise<Message>;
  /**
   * Sends a request to a worker with a free call, waiting for one if all are down or busy.
   * Resolves with its `result` message. When the signal aborts, a waiting request is dropped; a running one
   * is answered with the signal's reason at once, and its worker, if it does not answer soon after,
   * is replaced.
   *
   * @throws WORKER_LOST when its worker ended, WORKERS_FAILED when the pool has given up, the signal's reason;
   *   an `error` message is thrown as {@link WorkerRequestError}
   */
  request(message: Message, signal: AbortSignal): Promise<Message>;
  /** The same, yielding each `item` message until `end`. Leaving the loop tells the worker to stop. */
  stream(message: Message, signal: AbortSignal): AsyncIterable<Message>;
  status(): WorkerPoolStatus;
  /** Ends every process of the pool; resolves when all are gone. Idempotent. */
  close(): Promise<void>;
}

/** How the pool is doing. */
export interface WorkerPoolStatus {
  readonly state: 'starting' | 'ready' | 'recovering' | 'failed' | 'closed';
  readonly workers: readonly WorkerStatus[];
  /** Requests that wait for a worker. */
  readonly waiting: number;
  /** Processes started so far in place of lost ones. */
  readonly restarts: number;
}

/** How one process is doing. `draining`: takes no new work. */
export interface WorkerStatus {
  readonly pid: number;
  readonly state: 'starting' | 'ready' | 'draining';
  readonly phase: string;
  readonly running: number;
}

/** An `error` message of a worker as an exception; whoever made the request knows what it means. */
export class WorkerRequestError extends Error {
  override readonly name = 'WorkerRequestError';
  readonly reply: Message;

  constructor(reply: Message) {
    super('the worker answered with an error');
    this.reply = reply;
  }
}
