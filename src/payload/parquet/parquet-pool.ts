/** The threads that read Parquet bodies: started when asked for, at most one a core; other bodies wait. */
import type { Frame } from '../../data/frame.ts';
import { parquetLimits, type ParquetLimits, parquetThreadCount } from './parquet-limits.ts';
import { ParquetReader } from './parquet-reader.ts';

/** Options of {@link ParquetPool}. */
export interface ParquetPoolOptions {
  /** Limits by the size of the body. Default: `parquetLimits`. */
  readonly limitsOf?: (bodyBytes: number) => ParquetLimits;
  /** Default: the number of cores. */
  readonly threadCount?: number;
}

/** Reads each body in a thread that can be ended. */
export class ParquetPool {
  readonly #limitsOf: (bodyBytes: number) => ParquetLimits;
  readonly #idle: ParquetReader[] = [];
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor({ limitsOf, threadCount }: ParquetPoolOptions = {}) {
    this.#limitsOf = limitsOf ?? parquetLimits;
    this.#free = threadCount ?? parquetThreadCount;
  }

  /** @throws INVALID_INPUT for a body that cannot be read, or not within its limits */
  async read(body: Uint8Array): Promise<Frame> {
    const { memoryMb, timeMs } = this.#limitsOf(body.length);
    await this.#enter();
    const reader = this.#take(memoryMb);
    try {
      return await reader.read(body, timeMs);
    } finally {
      this.#release(reader);
    }
  }

  /** Ends the idle threads. */
  async close(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map((reader) => reader.end()));
  }

  async #enter(): Promise<void> {
    if (this.#free === 0) return await new Promise((resolve) => this.#waiting.push(resolve));
    this.#free--;
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }

  /** Idle threads have the memory of small bodies. */
  #take(memoryMb: number): ParquetReader {
    while (memoryMb === this.#keptMemoryMb) {
      const reader = this.#idle.pop();
      if (reader === undefined) break;
      if (reader.isAlive) return reader;
    }
    return new ParquetReader(memoryMb);
  }

  /** A thread that read a large body ends, and its memory goes back; the next starts when it has ended. */
  #release(reader: ParquetReader): void {
    if (!reader.isAlive || reader.memoryMb > this.#keptMemoryMb) {
      void reader.end().then(() => this.#leave());
      return;
    }
    this.#idle.push(reader);
    this.#leave();
  }

  get #keptMemoryMb(): number {
    return this.#limitsOf(0).memoryMb;
  }
}
