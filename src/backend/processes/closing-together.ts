import type { ServingProcess } from './serving-process.ts';

/** Longest wait for the last process that is about to close its ports, in milliseconds. */
const mostWaitMs = 1000;

/**
 * Lets processes that stop close their ports when all are about to: a client that one of them sends away would connect to
 * another, which is about to do the same.
 */
export class ClosingTogether {
  readonly #places: readonly ServingProcess[];
  #timer: NodeJS.Timeout | undefined;

  constructor(places: readonly ServingProcess[]) {
    this.#places = places;
  }

  /** To be called when a process says that it is about to, or has ended. */
  look(): void {
    if (!this.#places.some(({ isClosing }) => isClosing)) return;
    if (this.#places.some(({ isReady, isClosing }) => isReady && !isClosing)) {
      this.#timer ??= setTimeout(() => void this.#close(), mostWaitMs);
      return;
    }
    clearTimeout(this.#timer);
    void this.#close();
  }

  /** Orders come after the connections that were handed over before. */
  async #close(): Promise<void> {
    const closing = this.#places.filter(({ isClosing }) => isClosing);
    await Promise.all(closing.map((place) => place.endHandOvers()));
    for (const place of closing) place.order({ slipway: 'closed' });
  }
}
