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

/** A thread makes next to no garbage; by default it would let that grow to 50 MB. */
const resourceLimits = { maxYoungGenerationSizeMb: 1 };
/** Rows that the kernel takes at once. */
const rowsPerGroup = 64;
/** Fewest rows worth a message. */
const fewestBlockRows = 256;
/** Blocks in flight per thread: one is filled while another is scored. */
const lanesPerThread = 2;

/** One thread; calls are answered in order. */
class KernelThread {
  readonly #worker: Worker;
  readonly #waiting: { resolve: () => void; reject: (error: unknown) => void }[] = [];

  constructor(memory: WebAssembly.Memory) {
    const workerData = { module: kernelModule(), memory };
    this.#worker = new Worker(threadSource, {
      eval: true,
      workerData,
      execArgv: [],
      resourceLimits,
    });
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

  /** False while it scores. */
  get isIdle(): boolean {
    return this.#waiting.length === 0;
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

function isIdle({ thread }: ThreadLane): boolean {
  return thread.isIdle;
}

/** All threads of one kernel, started when they are first of use. Batches that overlap take turns block by block. */
export class KernelThreads {
  readonly #loaded: LoadedEnsemble;
  readonly #mostThreads: number;
  readonly #mostBlockRows: number;
  readonly #threads: KernelThread[] = [];
  readonly #free: ThreadLane[] = [];
  readonly #waiting: ((lane: ThreadLane) => void)[] = [];

  constructor(loaded: LoadedEnsemble, mostThreads: number, mostBlockRows: number) {
    this.#loaded = loaded;
    this.#mostThreads = mostThreads;
    this.#mostBlockRows = mostBlockRows;
  }

  /** Scores a batch into its `sums`; rejects with the signal's reason, or what `fill` threw, once no block is in flight. */
  async predict(batch: ParallelBatch): Promise<void> {
    const inFlight: Promise<void>[] = [];
    const blockRows = this.#blockRowsOf(batch.rowCount);
    try {
      for (let first = 0; first < batch.rowCount; first += blockRows) {
        const taken = Math.min(blockRows, batch.rowCount - first);
        const free = await this.#acquire();
        if (batch.signal?.aborted === true) this.#release(free);
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

  /** Whole groups of rows, so few that all threads may take part. */
  #blockRowsOf(rowCount: number): number {
    const share = Math.ceil(rowCount / this.#mostThreads / rowsPerGroup) * rowsPerGroup;
    return Math.min(this.#mostBlockRows, Math.max(fewestBlockRows, share));
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
      this.#loaded.reserve(lane, this.#mostBlockRows);
      batch.fill(this.#loaded.rowsOf(lane, taken), first, taken);
      await thread.run(this.#loaded.prepareCall(lane, taken, batch.range));
      batch.sums.set(this.#loaded.sumsOf(lane, taken), first * this.#loaded.ensemble.outputCount);
    } finally {
      this.#release(free);
    }
  }

  /** A lane of a thread that is idle, else of a new one, else of one that has still to score what came before. */
  async #acquire(): Promise<ThreadLane> {
    if (!this.#free.some(isIdle) && this.#threads.length < this.#mostThreads) this.#startThread();
    const idle = this.#free.findIndex(isIdle);
    const [taken] = this.#free.splice(Math.max(0, idle), 1);
    return taken ?? (await new Promise((resolve) => this.#waiting.push(resolve)));
  }

  #startThread(): void {
    const thread = new KernelThread(this.#loaded.memory);
    this.#threads.push(thread);
    const scratch = this.#loaded.makeScratch();
    for (let turn = 0; turn < lanesPerThread; turn++) {
      this.#free.push({ lane: this.#loaded.makeLane(scratch), thread });
    }
  }

  #release(lane: ThreadLane): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(lane);
    else next(lane);
  }
}
