/** A model of one tree ensemble that runs in the kernel of `src/trees`, with the sums of onnxruntime. */
import {
  createEnsembleKernel,
  type EnsembleKernel,
  type FillRows,
  type TreeRange,
} from '../../../trees/ensemble-kernel.ts';
import type { Outputs } from '../to-answer.ts';
import type { TensorParts } from '../to-tensor.ts';
import type { FoundEnsemble } from './find-tree-ensemble.ts';
import { coreCount, partStarts } from './sum-order.ts';

/** Threads of {@link TreeSession}. */
export interface TreeThreads {
  /** Threads that onnxruntime would use; undefined: as many as it chooses by itself. */
  readonly asIf: number | undefined;
  /** Most threads for big batches; undefined: the number of cores. */
  readonly own: number | undefined;
}

/** Runs one model for any number of callers. */
export class TreeSession {
  readonly #found: FoundEnsemble;
  readonly #kernel: EnsembleKernel;
  readonly #wholeRange: TreeRange;
  #partedRange: TreeRange | null = null;
  #threads: number | undefined;

  /** @throws MODEL_NOT_NATIVE for an ensemble that is too large */
  constructor(found: FoundEnsemble, { asIf, own }: TreeThreads) {
    this.#found = found;
    this.#threads = asIf;
    this.#kernel = createEnsembleKernel(found.ensemble, own === undefined ? {} : { threads: own });
    this.#wholeRange = { firstTree: 0, endTree: this.#kernel.treeCount };
  }

  /** Runs the model; a promise for many rows. */
  run(
    feeds: Readonly<Record<string, TensorParts>>,
    signal: AbortSignal,
  ): Outputs | Promise<Outputs> {
    const { inputName } = this.#found;
    const { data, dims } = feeds[inputName] as TensorParts;
    const rows = data as Float32Array;
    const rowCount = dims[0] as number;
    const { featureCount } = this.#kernel;
    const fill: FillRows = (into, firstRow, count) =>
      into.set(rows.subarray(firstRow * featureCount, (firstRow + count) * featureCount));
    const range = this.#rangeOf(rowCount);
    const sums = this.#kernel.score(rowCount, fill, { signal, range });
    return sums instanceof Promise
      ? sums.then((all) => this.#finish(all as Float32Array, rowCount))
      : this.#finish(sums as Float32Array, rowCount);
  }

  /** Ends the threads. */
  close(): Promise<void> {
    return this.#kernel.close();
  }

  /** The same object for the same parts. */
  #rangeOf(rowCount: number): TreeRange {
    const { treeCount, outputCount } = this.#kernel;
    this.#threads ??= coreCount();
    const starts = partStarts({ rowCount, treeCount, outputCount, threads: this.#threads });
    if (starts.length === 0) return this.#wholeRange;
    this.#partedRange ??= { firstTree: 0, endTree: treeCount, partStarts: starts };
    return this.#partedRange;
  }

  #finish(sums: Float32Array, rowCount: number): Outputs {
    const { outputName, isMean, baseValues } = this.#found;
    const { treeCount, outputCount } = this.#kernel;
    if (isMean) for (let at = 0; at < sums.length; at++) sums[at] = sums[at]! / treeCount;
    if (baseValues !== null) {
      for (let at = 0; at < sums.length; at++) sums[at] = sums[at]! + baseValues[at % outputCount]!;
    }
    return { [outputName]: { type: 'float32', data: sums, dims: [rowCount, outputCount] } };
  }
}
