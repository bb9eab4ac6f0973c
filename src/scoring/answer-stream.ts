/** An answer in parts: each item as text, held to the deadline, and ended when nobody waits for it any more. */
import type { Prediction } from '../data/scoring-data.ts';
import { type Caller, clientGone, type Deadline } from './deadline.ts';

/** What {@link openAnswerStream} needs. */
export interface AnswerStreamOptions {
  /** Begins the stream; its signal aborts when the deadline passes or the client leaves. */
  readonly source: (signal: AbortSignal) => AsyncIterable<Prediction>;
  readonly encode: (item: Prediction) => string;
  readonly deadline: Deadline;
  /** The deadline of the first item counts from here, as `performance.now()`. */
  readonly startedAtMs: number;
  readonly caller?: Caller | undefined;
}

/**
 * Begins a stream and waits for its first item, so that what fails before it is an error like any other.
 *
 * @throws DEADLINE_EXCEEDED, CLIENT_GONE and what the source throws
 */
export async function openAnswerStream(options: AnswerStreamOptions): Promise<AnswerStream> {
  const stream = new AnswerStream(options);
  await stream.readAhead(options.startedAtMs);
  return stream;
}

/** Items as JSON text. Whoever leaves the loop, or calls `return`, ends the source. */
export class AnswerStream implements AsyncIterableIterator<string> {
  readonly #items: AsyncIterator<Prediction>;
  readonly #encode: AnswerStreamOptions['encode'];
  readonly #deadline: Deadline;
  readonly #caller: Caller | undefined;
  readonly #controller = new AbortController();
  #first: IteratorResult<string, undefined> | null = null;
  #hasEnded = false;
  #onOver: (() => void) | null = null;

  constructor({ source, encode, deadline, caller }: AnswerStreamOptions) {
    this.#items = source(this.#controller.signal)[Symbol.asyncIterator]();
    this.#encode = encode;
    this.#deadline = deadline;
    this.#caller = caller;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Fetches the first item before somebody asks for it. */
  async readAhead(startedAtMs: number): Promise<void> {
    this.#first = await this.#read(startedAtMs);
  }

  /** Calls `listener` once: when the last item has been given, or nobody waits for more. */
  whenOver(listener: () => void): void {
    if (this.#hasEnded) listener();
    else this.#onOver = listener;
  }

  /** The next item; the deadline counts from now. */
  async next(): Promise<IteratorResult<string, undefined>> {
    const first = this.#first;
    this.#first = null;
    if (first !== null) return first;
    return this.#hasEnded ? ended : this.#read(performance.now());
  }

  /** Ends the source; nobody waits for how long that takes. */
  async return(): Promise<IteratorResult<string, undefined>> {
    this.#stop(clientGone());
    return ended;
  }

  async #read(startedAtMs: number): Promise<IteratorResult<string, undefined>> {
    const begun = {
      startedAtMs,
      ...(this.#caller !== undefined && { caller: this.#caller }),
    };
    try {
      const item = await this.#deadline.run(begun, (signal) => this.#nextUntil(signal));
      if (item.done !== true) return { done: false, value: this.#encode(item.value) };
      this.#end();
      return ended;
    } catch (error) {
      this.#stop(error);
      throw error;
    }
  }

  /** The source has one signal for all its items, each of which has a deadline of its own. */
  async #nextUntil(signal: AbortSignal): Promise<IteratorResult<Prediction, unknown>> {
    const forward = (): void => this.#controller.abort(signal.reason);
    signal.addEventListener('abort', forward, { once: true });
    try {
      return await this.#items.next();
    } finally {
      signal.removeEventListener('abort', forward);
    }
  }

  #stop(reason: unknown): void {
    if (this.#hasEnded) return;
    this.#end();
    this.#first = null;
    this.#controller.abort(reason);
    this.#items.return?.().catch(() => undefined);
  }

  #end(): void {
    this.#hasEnded = true;
    this.#onOver?.();
    this.#onOver = null;
  }
}

const ended: IteratorResult<string, undefined> = { done: true, value: undefined };
