/** The compiled form of an ensemble: what scores rows. */
import { availableParallelism } from 'node:os';
import { LoadedEnsemble } from './loaded-ensemble.ts';
import { SharedMemoryKernel } from './shared-memory-kernel.ts';
import type { TreeEnsemble } from './tree-ensemble.ts';

/** Trees that take part: `firstTree` inclusive, `endTree` exclusive. */
export interface TreeRange {
  readonly firstTree: number;
  readonly endTree: number;
  /**
   * Trees at which a sum of its own begins, in order and within the range; the sums are then added one to another, as
   * libraries do that share the trees of a batch among threads. Default: one sum.
   */
  readonly partStarts?: readonly number[];
}

/** Fills rows `firstRow … firstRow + rowCount - 1` of the batch into `rows` (row-major, NaN = missing). */
export type FillRows = (
  rows: Float32Array | Float64Array,
  firstRow: number,
  rowCount: number,
) => void;

/** Options of {@link EnsembleKernel.predictParallel}. */
export interface ParallelOptions {
  /** Default: all trees. */
  readonly range?: TreeRange;
  /** Ends the call with the signal's reason between two blocks. */
  readonly signal?: AbortSignal;
}

/** Scores rows with one ensemble. Not bound to any flavor. */
export interface EnsembleKernel {
  readonly featureCount: number;
  readonly outputCount: number;
  readonly treeCount: number;
  /**
   * Buffer for `rowCount` rows, row-major [rowCount × featureCount], of the ensemble's threshold
   * type; NaN is a missing value. Storing float64 values in a float32 buffer rounds as a C cast.
   * Valid until the next call of any method; fill it and call `predict` without awaiting between.
   */
  rowBuffer(rowCount: number): Float32Array | Float64Array;
  /** Sums [rowCount × outputCount] of the rows in the buffer, in the ensemble's sum type; a fresh array. */
  predict(rowCount: number, range?: TreeRange): Float32Array | Float64Array;
  /**
   * The same bits as `predict`; a promise where the batch takes so long that it takes turns with other work, or leaves
   * this thread. `fill` is called as by `predictParallel`.
   */
  score(
    rowCount: number,
    fill: FillRows,
    options?: ParallelOptions,
  ): Float32Array | Float64Array | Promise<Float32Array | Float64Array>;
  /**
   * The same bits as `predict` over any number of rows, on worker threads when the batch is big.
   * `fill` is called once per block, in order, with a buffer for that block. Calls may overlap.
   */
  predictParallel(
    rowCount: number,
    fill: FillRows,
    options?: ParallelOptions,
  ): Promise<Float32Array | Float64Array>;
  /** Leaf reached, per row of the buffer and tree of the range: [rowCount × trees], in the tree's own node numbers. */
  predictLeaves(rowCount: number, range?: TreeRange): Int32Array;
  /** Ends the worker threads; the kernel cannot be used afterwards. */
  close(): Promise<void>;
}

/** Options of `createEnsembleKernel`. */
export interface EnsembleKernelOptions {
  /** Most worker threads of `predictParallel`; 0 runs it on this thread. Default: the number of cores. */
  readonly threads?: number;
}

/**
 * Compiles an ensemble.
 * @throws MODEL_FILE_INVALID for a damaged ensemble, MODEL_NOT_NATIVE for one that is too large.
 */
export function createEnsembleKernel(
  ensemble: TreeEnsemble,
  options: EnsembleKernelOptions = {},
): EnsembleKernel {
  return new SharedMemoryKernel(
    new LoadedEnsemble(ensemble),
    options.threads ?? availableParallelism(),
  );
}
