import { RestartDelay } from './restart-delay.ts';
import type { Worker } from './worker.ts';

/** The place of one worker in the pool; a lost worker is replaced in its place. */
export class WorkerSlot {
  worker: Worker | null = null;
  /** A worker ended here by itself before it was ready. */
  failedByItself = false;
  readonly #makeWorker: () => Worker;
  readonly #delay = new RestartDelay();
  #timer: NodeJS.Timeout | undefined;

  constructor(makeWorker: () => Worker) {
    this.#makeWorker = makeWorker;
  }

  start(): void {
    this.worker = this.#makeWorker();
  }

  /** Replaces its worker, later if that happens often. */
  restart(readyForMs: number): void {
    this.worker = null;
    const delayMs = this.#delay.next(readyForMs);
    if (delayMs === 0) this.start();
    else this.#timer = setTimeout(() => this.start(), delayMs);
  }

  noteStartFailure(lasting: boolean): void {
    this.failedByItself ||= lasting;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.worker = null;
  }
}
