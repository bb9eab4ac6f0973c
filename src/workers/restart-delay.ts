/** Before the second start in a row, in milliseconds; it doubles from there. */
const firstDelayMs = 100;

const longestDelayMs = 10_000;

/** A worker that was ready for this long has proved itself. */
const provedAfterMs = 5000;

/** How long to wait before a lost worker is replaced: not at all, then 100 ms doubling to 10 s. */
export class RestartDelay {
  #nextMs = 0;

  /** @param readyForMs how long the lost worker had been ready */
  next(readyForMs: number): number {
    if (readyForMs >= provedAfterMs) this.#nextMs = 0;
    const delayMs = this.#nextMs;
    this.#nextMs = Math.min(longestDelayMs, Math.max(firstDelayMs, delayMs * 2));
    return delayMs;
  }
}
