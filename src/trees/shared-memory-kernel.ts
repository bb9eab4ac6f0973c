/** The ensemble kernel over memory that worker threads share. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EnsembleKernel, FillRows, ParallelOptions, TreeRange } from './ensemble-kernel.ts';
import { KernelThreads } from './kernel-threads.ts';
import type { PredictCall } from './kernel-instance.ts';
import type { Lane, LoadedEnsemble } from './loaded-ensemble.ts';
import { fewestBlockRows } from './plan/layout.ts';

/** Shortest time of scoring, in milliseconds, and fewest rows, that gain more than handing them to a thread costs. */
const fewestLongMs = 0.8;
const fewestLongRows = 512;
/** Calls that are timed before the quickest of them is trusted; the engine compiles the kernel anew during the first. */
const fewestTimedCalls = 8;
/** Batches of more rows are long whatever they cost, so that reading and scoring them takes turns with other work. */
const mostShortRows = 2048;
/** Most rows of a block handed to a thread; bounds memory, and the time between two looks at the signal. */
const rowsPerBlock = 4096;
/** Most bytes of rows in a block, for wide ensembles. */
const bytesPerBlock = 8 * 2 ** 20;
/** Most bytes of rows in the buffer of the synchronous calls. */
const mostBufferBytes = 2 ** 30;

function countWalks(rowCount: number, { firstTree, endTree }: TreeRange): number {
  return rowCount * (endTree - firstTree);
}

/** Scores rows on this thread or on threads of its own. */
export class SharedMemoryKernel implements EnsembleKernel {
  readonly featureCount: number;
  readonly outputCount: number;
  readonly treeCount: number;
  readonly #loaded: LoadedEnsemble;
  readonly #lane: Lane;
  readonly #threadCount: number;
  readonly #treesPerOutput: Uint32Array;
  readonly #allTrees: TreeRange;
  #threads: KernelThreads | undefined;
  /** Shortest time of one row and tree that was seen, in milliseconds; trees differ too much for a guess. */
  #walkMs = Number.POSITIVE_INFINITY;
  #timedCalls = 0;
  #leafRoom = { address: 0, sizeBytes: 0 };
  #closed = false;

  constructor(loaded: LoadedEnsemble, threadCount: number) {
    this.featureCount = loaded.ensemble.featureCount;
    this.outputCount = loaded.ensemble.outputCount;
    this.treeCount = loaded.ensemble.trees.length;
    this.#loaded = loaded;
    this.#lane = loaded.makeLane(loaded.makeScratch());
    this.#threadCount = threadCount;
    this.#allTrees = { firstTree: 0, endTree: this.treeCount };
    this.#treesPerOutput = new Uint32Array(this.outputCount);
  }

  rowBuffer(rowCount: number): Float32Array | Float64Array {
    this.#checkRows(rowCount);
    this.#loaded.reserve(this.#lane, rowCount);
    return this.#loaded.rowsOf(this.#lane, rowCount);
  }

  predict(rowCount: number, range?: TreeRange): Float32Array | Float64Array {
    this.#checkFilled(rowCount);
    const trees = this.#checkRange(range);
    if (rowCount >= fewestBlockRows || trees.partStarts !== undefined) this.#makeBlocks();
    const call = this.#loaded.prepareCall(this.#lane, rowCount, trees);
    if (rowCount < fewestLongRows) this.#loaded.kernel.predict(...call);
    else this.#predictTimed(call, countWalks(rowCount, trees));
    return this.#finish(this.#loaded.sumsOf(this.#lane, rowCount), trees);
  }

  /** Others may take the processor meanwhile: the quickest call counts. */
  #predictTimed(call: PredictCall, walks: number): void {
    const startedAt = performance.now();
    this.#loaded.kernel.predict(...call);
    const walkMs = (performance.now() - startedAt) / Math.max(1, walks);
    this.#walkMs = Math.min(this.#walkMs, walkMs);
    this.#timedCalls++;
  }

  predictLeaves(rowCount: number, range?: TreeRange): Int32Array {
    this.#checkFilled(rowCount);
    const { firstTree, endTree } = this.#checkRange(range);
    const length = rowCount * (endTree - firstTree);
    if (length * 4 > this.#leafRoom.sizeBytes) {
      this.#leafRoom = { address: this.#loaded.reserveBytes(length * 4), sizeBytes: length * 4 };
    }
    const { address } = this.#leafRoom;
    this.#loaded.findLeaves(this.#lane, rowCount, address, firstTree, endTree);
    return new Int32Array(this.#loaded.memory.buffer, address, length).slice();
  }

  score(
    rowCount: number,
    fill: FillRows,
    options: ParallelOptions = {},
  ): Float32Array | Float64Array | Promise<Float32Array | Float64Array> {
    if (this.#isLong(rowCount, options.range)) return this.predictParallel(rowCount, fill, options);
    fill(this.rowBuffer(rowCount), 0, rowCount);
    return this.predict(rowCount, options.range);
  }

  #isLong(rowCount: number, range: TreeRange = this.#allTrees): boolean {
    if (rowCount > mostShortRows) return true;
    if (this.#threadCount <= 1 || rowCount < fewestLongRows) return false;
    if (this.#timedCalls < fewestTimedCalls) return false;
    return countWalks(rowCount, range) * this.#walkMs >= fewestLongMs;
  }

  async predictParallel(
    rowCount: number,
    fill: FillRows,
    options: ParallelOptions = {},
  ): Promise<Float32Array | Float64Array> {
    this.#checkOpen();
    const range = this.#checkRange(options.range);
    const length = rowCount * this.outputCount;
    const sums = this.#loaded.sumBytes === 4 ? new Float32Array(length) : new Float64Array(length);
    const batch = { rowCount, fill, sums, range, signal: options.signal };
    if (this.#threadCount > 1 && this.#isLong(rowCount, range)) {
      this.#makeBlocks();
      this.#threads ??= new KernelThreads(this.#loaded, this.#threadCount, this.#blockRows());
      await this.#threads.predict(batch);
      return this.#finish(sums, range);
    }
    for (let first = 0; first < rowCount; first += this.#blockRows()) {
      if (first > 0) await nextTurn();
      options.signal?.throwIfAborted();
      const taken = Math.min(this.#blockRows(), rowCount - first);
      fill(this.rowBuffer(taken), first, taken);
      sums.set(this.predict(taken, range), first * this.outputCount);
    }
    return sums;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#threads?.close();
  }

  #makeBlocks(): void {
    if (this.#loaded.makeBlocks()) this.#lane.scratch = this.#loaded.makeScratch();
  }

  #blockRows(): number {
    const rowBytes = Math.max(1, this.featureCount) * this.#loaded.featureBytes;
    return Math.max(64, Math.min(rowsPerBlock, Math.floor(bytesPerBlock / rowBytes / 64) * 64));
  }

  /** Divides the sums of a mean by the number of trees that added to them. */
  #finish<T extends Float32Array | Float64Array>(sums: T, { firstTree, endTree }: TreeRange): T {
    const { combine, trees } = this.#loaded.ensemble;
    if (combine !== 'mean') return sums;
    const counts = this.#treesPerOutput.fill(0);
    for (let tree = firstTree; tree < endTree; tree++) {
      const output = trees[tree]?.output ?? null;
      if (output !== null) counts[output] = (counts[output] as number) + 1;
      else for (const k of counts.keys()) counts[k] = (counts[k] as number) + 1;
    }
    for (let at = 0; at < sums.length; at++) {
      sums[at] = (sums[at] as number) / Math.max(1, counts[at % counts.length] as number);
    }
    return sums;
  }

  #checkOpen(): void {
    if (this.#closed) throw new Error('The kernel is closed.');
  }

  #checkRows(rowCount: number): void {
    this.#checkOpen();
    const bytes = rowCount * this.featureCount * this.#loaded.featureBytes;
    if (Number.isInteger(rowCount) && rowCount >= 0 && bytes <= mostBufferBytes) return;
    throw new RangeError(`A buffer of ${rowCount} rows is not possible; use predictParallel.`);
  }

  #checkFilled(rowCount: number): void {
    this.#checkRows(rowCount);
    if (rowCount > this.#lane.rowCapacity)
      throw new RangeError(`Only ${this.#lane.rowCapacity} rows fit the buffer.`);
  }

  #checkRange(range?: TreeRange): TreeRange {
    const trees = range ?? this.#allTrees;
    const { firstTree, endTree } = trees;
    const isValid = Number.isInteger(firstTree) && Number.isInteger(endTree) && firstTree >= 0;
    if (isValid && firstTree <= endTree && endTree <= this.treeCount) return trees;
    throw new RangeError(
      `Trees ${firstTree} to ${endTree} are not within the ${this.treeCount} of the ensemble.`,
    );
  }
}
