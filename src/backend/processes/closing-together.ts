import type { ServingProcess } from './serving-process.ts';

/** Longest wait for the last process that is about to close, in milliseconds. */
const mostWaitMs = 1000;

/**
 * Closes the ports of processes that stop when all are about to: a client that one of them sends away would connect
 * anew, and meet ports that are about to close.
 */
export class ClosingTogether {
  readonly #places: readonly ServingProcess[];
  readonly #closePorts: () => Promise<void>;
  #timer: NodeJS.Timeout | undefined;
  #closed: Promise<void> | undefined;

  /** @param closePorts resolves when no more connections come */
  constructor(places: readonly ServingProcess[], closePorts: () => Promise<void>) {
    this.#places = places;
    this.#closePorts = closePorts;
  }

  /** To be called when a process says that it is about to close, or has ended. */
  look(): void {
    if (!this.#places.some(({ isClosing }) => isClosing)) return;
    const mayWait = this.#closed === undefined;
    if (mayWait && this.#places.some(({ isReady, isClosing }) => isReady && !isClosing)) {
      this.#timer ??= setTimeout(() => void this.#close(), mostWaitMs);
      return;
    }
    clearTimeout(this.#timer);
    void this.#close();
  }

  /** Orders come after the connections that were handed over before. */
  async #close(): Promise<void> {
    this.#closed ??= this.#closePorts();
    await this.#closed;
    for (const place of this.#places) if (place.isClosing) place.order({ slipway: 'closed' });
  }
}
