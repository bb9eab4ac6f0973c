import type { CallReceiver } from './worker-call.ts';
import type { Message } from './message.ts';

/** The items of a stream between the worker that sends them and the loop that takes them. */
export class MessageQueue implements CallReceiver {
  readonly #items: Message[] = [];
  #ended = false;
  #error: { readonly reason: unknown } | null = null;
  #wake: () => void = () => undefined;

  onItem(message: Message): void {
    this.#items.push(message);
    this.#wake();
  }

  onEnd(): void {
    this.#ended = true;
    this.#wake();
  }

  onError(reason: unknown): void {
    this.#error = { reason };
    this.#wake();
  }

  /** The next item; null after the last one. An abort is thrown before the items that were not taken yet. */
  async take(signal: AbortSignal): Promise<Message | null> {
    for (;;) {
      if (this.#error !== null && signal.aborted) throw this.#error.reason;
      const item = this.#items.shift();
      if (item !== undefined) return item;
      if (this.#error !== null) throw this.#error.reason;
      if (this.#ended) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
