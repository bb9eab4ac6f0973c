/**
 * Holds the calls of a scorer to the number that may run at once; further ones wait in the order in which
 * they came. Whoever waits leaves when its signal aborts, so a late or lost request never reaches the scorer.
 */
import type { RequestNotes } from './request-notes.ts';
import { slipwayError } from '../errors/slipway-error.ts';

/** Options of {@link CallQueue}. */
export interface CallQueueOptions {
  /** Calls that may run at once. */
  readonly calls: number;
  /** Requests that may wait. */
  readonly maxQueue: number;
}

/**
 * How a call waits. `counted`: as one of the requests that may wait; `admitted`: uncounted, since it stands
 * for requests that have been let in already; `urgent`: the same, and before all others.
 */
export type Waiting = 'counted' | 'admitted' | 'urgent';

/** A first-in, first-out queue before a limit of calls. */
export class CallQueue {
  readonly #calls: number;
  readonly #maxQueue: number;
  readonly #urgent = new Set<() => void>();
  readonly #ordinary = new Set<() => void>();
  #running = 0;
  #admitted = 0;

  constructor({ calls, maxQueue }: CallQueueOptions) {
    this.#calls = calls;
    this.#maxQueue = maxQueue;
  }

  /** Calls that run. */
  get running(): number {
    return this.#running;
  }

  /** Requests that wait. */
  get waiting(): number {
    return this.#admitted;
  }

  /** Runs `work` when its turn has come. @throws QUEUE_FULL, the signal's reason, whatever `work` throws */
  async run<T>(
    signal: AbortSignal,
    work: () => Promise<T>,
    waiting: Waiting = 'counted',
    notes?: RequestNotes,
  ): Promise<T> {
    await this.#enter(signal, waiting, notes);
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      this.#leave();
    }
  }

  /** The same for a stream, which is one call until it has ended or been left. */
  async *stream<T>(signal: AbortSignal, source: () => AsyncIterable<T>): AsyncGenerator<T, void> {
    await this.#enter(signal, 'counted');
    try {
      signal.throwIfAborted();
      yield* source();
    } finally {
      this.#leave();
    }
  }

  /** Takes one of the places of waiting requests. Give it back with {@link dismiss}. @throws QUEUE_FULL */
  admit(): void {
    if (this.#admitted >= this.#maxQueue) throw queueFull(this.#maxQueue);
    this.#admitted += 1;
  }

  /** Gives back what {@link admit} took. */
  dismiss(): void {
    this.#admitted -= 1;
  }

  async #enter(signal: AbortSignal, waiting: Waiting, notes?: RequestNotes): Promise<void> {
    signal.throwIfAborted();
    if (this.#running < this.#calls) {
      this.#running += 1;
      return;
    }
    if (waiting === 'counted') this.admit();
    const sinceMs = performance.now();
    try {
      await this.#wait(signal, waiting === 'urgent' ? this.#urgent : this.#ordinary);
    } finally {
      if (waiting === 'counted') this.dismiss();
      if (notes !== undefined) notes.queueMs += performance.now() - sinceMs;
    }
  }

  /** Resolves when a call that ends hands over its place. */
  #wait(signal: AbortSignal, queue: Set<() => void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const start = (): void => {
        signal.removeEventListener('abort', abandon);
        resolve();
      };
      const abandon = (): void => {
        queue.delete(start);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', abandon, { once: true });
      queue.add(start);
    });
  }

  /** The place goes straight to whoever waits longest, so nobody can slip in between. */
  #leave(): void {
    const queue = this.#urgent.size > 0 ? this.#urgent : this.#ordinary;
    const [next] = queue;
    if (next === undefined) {
      this.#running -= 1;
      return;
    }
    queue.delete(next);
    next();
  }
}

function queueFull(maxQueue: number): Error {
  return slipwayError(
    'QUEUE_FULL',
    `${maxQueue} requests wait already, which is all that the queue holds; try again later, or let more wait with --max-queue.`,
    { details: { maxQueue } },
  );
}
