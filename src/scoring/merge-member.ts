/** One request among those that are merged into one call. */
import type { Prediction } from '../data/scoring-data.ts';
import type { MergeableInput } from './mergeable-input.ts';
import type { RequestNotes } from './request-notes.ts';

/** Waits for the part of a merged result that is its own; leaves when its signal aborts. */
export class MergeMember {
  /** Settles with the part, or with the signal's reason. */
  readonly answer: Promise<Prediction>;
  readonly input: MergeableInput;
  readonly rowCount: number;
  readonly signal: AbortSignal;
  readonly #notes: RequestNotes | undefined;
  /** When it came, as `performance.now()`. */
  readonly sinceMs: number = performance.now();
  /** Called when it leaves before it has its answer. */
  onLeave: () => void = () => undefined;
  #resolve: (prediction: Prediction) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  #hasLeft = false;

  constructor(input: MergeableInput, rowCount: number, signal: AbortSignal, notes?: RequestNotes) {
    this.#notes = notes;
    this.input = input;
    this.rowCount = rowCount;
    this.signal = signal;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    signal.addEventListener('abort', this.#leave, { once: true });
  }

  /** True once it waits no more for an answer that had not come. */
  get hasLeft(): boolean {
    return this.#hasLeft;
  }

  /** Notes that its turn has come. */
  begin(now: number): void {
    if (this.#notes !== undefined) this.#notes.queueMs = now - this.sinceMs;
  }

  /** Answers it with what `prediction` settles with. */
  settle(prediction: Prediction | Promise<Prediction>): void {
    this.signal.removeEventListener('abort', this.#leave);
    this.#resolve(prediction as Prediction);
  }

  readonly #leave = (): void => {
    this.#hasLeft = true;
    this.#reject(this.signal.reason);
    this.onLeave();
  };
}
