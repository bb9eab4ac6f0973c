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
  of(rows: Float32Array, call: StepCall): Float32Array | Promise<Float32Array> {
    const { rowCount, signal } = call;
    const { treeCount, featureCount } = this.#kernel;
    this.#threads ??= coreCount();
    const outputCount = this.#targetCount;
    const starts = partStarts({ rowCount, treeCount, outputCount, threads: this.#threads });
    if (rowCount === 1 && starts.length > 0) return this.#ofParts(rows, starts);
    const fill: FillRows = (into, firstRow, count) =>
      into.set(rows.subarray(firstRow * featureCount, (firstRow + count) * featureCount));
    return this.#kernel.score(rowCount, fill, { signal, range: this.#rangeOf(starts) }) as
      | Float32Array
      | Promise<Float32Array>;
  }

  /** Ends the threads. */
  close(): Promise<void> {
    return this.#kernel.close();
  }

  /** A single row walks each part by itself, which the kernel's blocks of many rows would take longer for. */
  #ofParts(row: Float32Array, starts: readonly number[]): Float32Array {
    const bounds = [0, ...starts, this.#kernel.treeCount];
    const sums = this.#ofTrees(row, 0, bounds[1]!);
    for (let part = 1; part <= starts.length; part++) {
      const more = this.#ofTrees(row, bounds[part]!, bounds[part + 1]!);
      for (let at = 0; at < sums.length; at++) sums[at] = sums[at]! + more[at]!;
    }
    return sums;
  }

  #ofTrees(row: Float32Array, firstTree: number, endTree: number): Float32Array {
    this.#kernel.rowBuffer(1).set(row);
    return this.#kernel.predict(1, { firstTree, endTree }) as Float32Array;
  }

  /** The same object for the same parts. */
  #rangeOf(partStartsOfCall: readonly number[]): TreeRange {
    if (partStartsOfCall.length === 0) return this.#wholeRange;
    const endTree = this.#kernel.treeCount;
    this.#partedRange ??= { firstTree: 0, endTree, partStarts: partStartsOfCall };
    return this.#partedRange;
  }
}
