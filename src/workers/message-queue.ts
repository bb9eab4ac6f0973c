/** The items of a stream between the worker that sends them and the loop that takes them. */
import { slipwayError } from '../errors/slipway-error.ts';
import type { Message } from './message.ts';
import type { CallReceiver } from './worker-call.ts';

/** How far a reader may fall behind its worker, in bytes of frames. */
export const maxBehindBytes: number = 64 * 2 ** 20;

/** What an item takes at least, however short its frame. */
const leastItemBytes = 512;

/** Bounded: a worker cannot be held back without holding back its other requests. */
export class MessageQueue implements CallReceiver {
  readonly #onOverflow: (error: unknown) => void;
  #items: { readonly message: Message; readonly bytes: number }[] = [];
  #taken = 0;
  #bytes = 0;
  #ended = false;
  #error: { readonly reason: unknown } | null = null;
  #wake: () => void = () => undefined;

  /** @param onOverflow must end the stream; it gets the QUEUE_FULL error for its reader */
  constructor(onOverflow: (error: unknown) => void) {
    this.#onOverflow = onOverflow;
  }

  onItem(message: Message, frameBytes: number): void {
    const bytes = Math.max(frameBytes, leastItemBytes);
    this.#items.push({ message, bytes });
    this.#bytes += bytes;
    this.#wake();
    if (this.#bytes > maxBehindBytes) this.#onOverflow(overflowError());
  }

  onEnd(): void {
    this.#ended = true;
    this.#wake();
  }

  onError(reason: unknown): void {
    this.#error = { reason };
    this.#wake();
  }

  /** The next item; null after the last one. What an abort leaves untaken is dropped. */
  async take(signal: AbortSignal): Promise<Message | null> {
    for (;;) {
      if (this.#error !== null && signal.aborted) throw this.#error.reason;
      const message = this.#shift();
      if (message !== null) return message;
      if (this.#error !== null) throw this.#error.reason;
      if (this.#ended) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #shift(): Message | null {
    const item = this.#items[this.#taken];
    if (item === undefined) return null;
    this.#taken++;
    this.#bytes -= item.bytes;
    // Array.shift takes time with the length of the array.
    if (this.#taken === this.#items.length || this.#taken > 1000) {
      this.#items = this.#items.slice(this.#taken);
      this.#taken = 0;
    }
    return item.message;
  }
}

function overflowError(): unknown {
  return slipwayError(
    'QUEUE_FULL',
    `The reader of a stream has fallen ${maxBehindBytes / 2 ** 20} MiB behind; the stream is stopped. Read faster, or ask for less.`,
  );
}
