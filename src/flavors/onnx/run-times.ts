/** How long runs of a session take, to tell small batches, scored at once, from big ones, which must leave the event loop. */

/** Inputs of at most so many elements are run at once before anything is known. */
const smallAtFirst = 4096;

/** Longest time, in milliseconds, that the event loop may be held. */
const longestMs = 8;

/** A run is known to take at least so long, in milliseconds, so that growth by a factor has somewhere to begin. */
const shortestMs = 0.1;

/** Most that one run adds to what is known: whoever waits for a core on a busy machine has not become slow. */
const mostGrowth = 4;

/** What is known of each size of input, by powers of two. */
export class RunTimes {
  readonly #ms = new Float64Array(64).fill(Number.NaN);

  /** Notes a run. */
  record(elements: number, ms: number): void {
    const size = sizeClass(elements);
    const known = this.#ms[size] as number;
    const most = Number.isNaN(known) ? ms : Math.max(known, shortestMs) * mostGrowth;
    this.#ms[size] = Math.min(ms, most);
  }

  /** True where a run of so many elements is expected to hold the event loop for too long. */
  isLong(elements: number): boolean {
    const size = sizeClass(elements);
    for (let known = size; known >= 0; known -= 1) {
      const ms = this.#ms[known] as number;
      if (!Number.isNaN(ms)) return ms * 2 ** (size - known) > longestMs;
    }
    return elements > smallAtFirst;
  }
}

function sizeClass(elements: number): number {
  return elements < 2 ** 31 ? 32 - Math.clz32(elements) : 32;
}
