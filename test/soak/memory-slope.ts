/** How fast the resident memory of a process grows (Linux). */
import { readFileSync } from 'node:fs';

/** Samples of the memory of one process. */
export class MemorySamples {
  readonly #pid: number;
  readonly #samples: (readonly [minutes: number, megabytes: number])[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number, everyMs: number) {
    this.#pid = pid;
    this.#timer = setInterval(() => this.#take(), everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  get lastMegabytes(): number {
    return this.#samples.at(-1)?.[1] ?? 0;
  }

  /** Megabytes a minute after the middle of the samples: the slope of the line that fits them best. */
  slope(): number {
    const late = this.#samples.slice(Math.floor(this.#samples.length / 2));
    const meanX = late.reduce((sum, [x]) => sum + x, 0) / late.length;
    const meanY = late.reduce((sum, [, y]) => sum + y, 0) / late.length;
    const up = late.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
    const down = late.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
    return up / down;
  }

  #take(): void {
    const [, pages = '0'] = readFileSync(`/proc/${this.#pid}/statm`, 'latin1').split(' ');
    this.#samples.push([performance.now() / 60_000, (Number(pages) * 4096) / 1e6]);
  }
}
