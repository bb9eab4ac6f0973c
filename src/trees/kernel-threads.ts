/** Worker threads that score blocks of rows in the memory of one ensemble. */
import { Worker } from 'node:worker_threads';
import type { FillRows, TreeRange } from './ensemble-kernel.ts';
import { kernelModule, type PredictCall } from './kernel-instance.ts';
import type { Lane, LoadedEnsemble } from './loaded-ensemble.ts';

/** Rows to score. */
export interface ParallelBatch {
  readonly rowCount: number;
  readonly fill: FillRows;
  /** Receives the sums. */
  readonly sums: Float32Array | Float64Array;
  readonly range: TreeRange;
  readonly signal: AbortSignal | undefined;
}

/** Plain JavaScript, so that it runs the same from sources, from a build and from a bundle. */
const threadSource = `
const { parentPort, workerData } = require('node:worker_threads');
const { predict } = new WebAssembly.Instance(workerData.module, { env: { memory: workerData.memory } }).exports;
parentPort.on('message', (call) => { predict(...call); parentPort.postMessage(null); });
`;

/** Blocks in flight per thread: one is filled while another is scored. */
const lanesPerThread = 2;

/** One thread; calls are answered in order. */
class KernelThread {
  readonly #worker: Worker;
  readonly #waiting: { resolve: () => void; reject: (error: unknown) => void }[] = [];

  constructor(memory: WebAssembly.Memory) {
    const workerData = { module: kernelModule(), memory };
    this.#worker = new Worker(threadSource, { eval: true, workerData, execArgv: [] });
    this.#worker.unref();
    this.#worker.on('message', () => {
      this.#waiting.shift()?.resolve();
      if (this.#waiting.length === 0) this.#worker.unref();
    });
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('A kernel thread ended.')));
  }

  run(call: PredictCall): Promise<void> {
    this.#worker.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      this.#worker.postMessage(call);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: unknown): void {
    for (const call of this.#waiting.splice(0)) call.reject(error);
  }
}

/** A lane and the thread that scores it. */
interface ThreadLane {
  readonly lane: Lane;
  readonly thread: KernelThread;
}

/** All threads of one kernel. Batches that overlap take turns block by block. */
export class KernelThreads {
  readonly #loaded: LoadedEnsemble;
  readonly #blockRows: number;
  readonly #threads: readonly KernelThread[];
  readonly #free: ThreadLane[];
  readonly #waiting: ((lane: ThreadLane) => void)[] = [];

  constructor(loaded: LoadedEnsemble, threadCount: number, blockRows: number) {
    this.#loaded = loaded;
    this.#blockRows = blockRows;
    this.#threads = Array.from({ length: threadCount }, () => new KernelThread(loaded.memory));
    const lanes = this.#threads.map((thread) => {
      const scratch = loaded.makeScratch();
      return Array.from({ length: lanesPerThread }, () => ({
        lane: loaded.makeLane(scratch),
        thread,
      }));
    });
    // First every thread's first lane, so that a small batch uses all threads.
    this.#free = Array.from({ length: lanesPerThread }, (_, turn) =>
      lanes.map((own) => own[turn]),
    ).flat() as ThreadLane[];
  }

  /** Scores a batch into its `sums`; rejects with the signal's reason, or what `fill` threw, once no block is in flight. */
  async predict(batch: ParallelBatch): Promise<void> {
    const inFlight: Promise<void>[] = [];
    try {
      for (let first = 0; first < batch.rowCount; first += this.#blockRows) {
        const taken = Math.min(this.#blockRows, batch.rowCount - first);
        const free = await this.#acquire();
        batch.signal?.throwIfAborted();
        const scored = this.#score(free, batch, first, taken);
        // Looked at below; until then nobody else would, and Node ends a process for that.
        scored.catch(() => undefined);
        inFlight.push(scored);
      }
    } finally {
      await Promise.allSettled(inFlight);
    }
    await Promise.all(inFlight);
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  async #score(
    free: ThreadLane,
    batch: ParallelBatch,
    first: number,
    taken: number,
  ): Promise<void> {
    const { lane, thread } = free;
    try {
      batch.signal?.throwIfAborted();
      this.#loaded.reserve(lane, this.#blockRows);
      batch.fill(this.#loaded.rowsOf(lane, taken), first, taken);
      await thread.run(this.#loaded.prepareCall(lane, taken, batch.range));
      batch.sums.set(this.#loaded.sumsOf(lane, taken), first * this.#loaded.ensemble.outputCount);
    } finally {
      this.#release(free);
    }
  }

  async #acquire(): Promise<ThreadLane> {
    return this.#free.shift() ?? (await new Promise((resolve) => this.#waiting.push(resolve)));
  }

  #release(lane: ThreadLane): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(lane);
    else next(lane);
  }
}
