/** Sums of an ensemble by the kernel of `src/trees`, added up in the order of onnxruntime. */
import {
  createEnsembleKernel,
  type EnsembleKernel,
  type FillRows,
  type TreeRange,
} from '../../../trees/ensemble-kernel.ts';
import type { TreeEnsemble } from '../../../trees/tree-ensemble.ts';
import type { StepCall, StepOptions } from '../own/own-step.ts';
import { coreCount, partStarts } from './sum-order.ts';

/** Adds up the leaves of rows, for any number of callers. */
export class TreeSums {
  readonly #kernel: EnsembleKernel;
  readonly #targetCount: number;
  readonly #wholeRange: TreeRange;
  #partedRange: TreeRange | null = null;
  #threads: number | undefined;

  /**
   * @param targetCount targets or classes that onnxruntime knows of, on which its order depends
   * @throws MODEL_NOT_NATIVE for an ensemble that is too large
   */
  constructor(ensemble: TreeEnsemble, targetCount: number, { asIf, own }: StepOptions) {
    this.#kernel = createEnsembleKernel(ensemble, own === undefined ? {} : { threads: own });
    this.#targetCount = targetCount;
    this.#threads = asIf;
    this.#wholeRange = { firstTree: 0, endTree: this.#kernel.treeCount };
  }

  /** Sums of each output of the ensemble, [rows × outputs], a fresh array; a promise for many rows. */
  of(rows: Float32Array, { rowCount, signal }: StepCall): Float32Array | Promise<Float32Array> {
    const { featureCount } = this.#kernel;
    const fill: FillRows = (into, firstRow, count) =>
      into.set(rows.subarray(firstRow * featureCount, (firstRow + count) * featureCount));
    const range = this.#rangeOf(rowCount);
    return this.#kernel.score(rowCount, fill, { signal, range }) as
      | Float32Array
      | Promise<Float32Array>;
  }

  /** Ends the threads. */
  close(): Promise<void> {
    return this.#kernel.close();
  }

  /** The same object for the same parts. */
  #rangeOf(rowCount: number): TreeRange {
    const { treeCount } = this.#kernel;
    this.#threads ??= coreCount();
    const outputCount = this.#targetCount;
    const starts = partStarts({ rowCount, treeCount, outputCount, threads: this.#threads });
    if (starts.length === 0) return this.#wholeRange;
    this.#partedRange ??= { firstTree: 0, endTree: treeCount, partStarts: starts };
    return this.#partedRange;
  }
}
