/** Scores of linear trees: the kernel finds the leaves, their linear models are computed here. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EnsembleKernel, TreeRange } from '../../trees/ensemble-kernel.ts';
import type { LightgbmModel, LinearLeaves } from './lightgbm-model.ts';
import { zeroThreshold } from './parse-tree.ts';
import type { ScoreRequest } from './score-source.ts';

/** Rows between two looks at the signal and at other work. */
const blockRows = 512;

/** A tree as it is read row by row. */
interface LeafTable {
  readonly values: Float32Array | Float64Array;
  /** Null for a tree whose leaves are plain. */
  readonly linear: LinearLeaves | null;
  readonly output: number;
}

/** Computes raw scores [rows × outputs] with the trees of a range. */
export type LinearScorer = (request: ScoreRequest, range: TreeRange) => Promise<Float64Array>;

/**
 * The scorer of a model with linear trees; they are added in LightGBM's order.
 * Source: LightGBM 4.7 include/LightGBM/tree.h `Tree::Predict`.
 */
export function openLinearScores(model: LightgbmModel, kernel: EnsembleKernel): LinearScorer {
  const { featureCount, outputCount } = model;
  const tables = model.trees.map(({ leafValue }, tree) => ({
    values: leafValue,
    linear: model.linearLeaves.get(tree) ?? null,
    output: tree % outputCount,
  }));
  return async ({ rowCount, fill, signal }, range) => {
    const scores = new Float64Array(rowCount * outputCount);
    const taken = tables.slice(range.firstTree, range.endTree);
    for (let first = 0; first < rowCount; first += blockRows) {
      if (first > 0) await nextTurn();
      signal.throwIfAborted();
      const count = Math.min(blockRows, rowCount - first);
      const buffer = kernel.rowBuffer(count);
      fill(buffer, first, count);
      const leaves = kernel.predictLeaves(count, range);
      const rows = Float64Array.from(buffer, clearTiny);
      for (let row = 0; row < count; row += 1) {
        const features = rows.subarray(row * featureCount, (row + 1) * featureCount);
        const start = (first + row) * outputCount;
        addTrees(taken, features, leaves, row * taken.length, scores.subarray(start));
      }
    }
    return scores;
  };
}

/** Source: LightGBM 4.7 src/c_api.cpp `RowPairFunctionFromDenseMatrix`. */
function clearTiny(value: number): number {
  return Math.abs(value) <= zeroThreshold ? 0 : value;
}

/** Adds one row's leaves, which stand from `at` on. */
function addTrees(
  tables: readonly LeafTable[],
  features: Float64Array,
  leaves: Int32Array,
  at: number,
  sums: Float64Array,
): void {
  for (let tree = 0; tree < tables.length; tree += 1) {
    const { values, linear, output } = tables[tree] as LeafTable;
    const node = leaves[at + tree] as number;
    const value = values[node] as number;
    const leaf = node - (values.length >> 1);
    const added = linear === null ? value : evaluateLeaf(linear, leaf, features, value);
    sums[output] = (sums[output] as number) + added;
  }
}

/** A missing feature falls back on the plain value of the leaf. */
function evaluateLeaf(
  linear: LinearLeaves,
  leaf: number,
  features: Float64Array,
  fallback: number,
): number {
  let sum = linear.constants[leaf] as number;
  const end = linear.starts[leaf + 1] as number;
  for (let term = linear.starts[leaf] as number; term < end; term += 1) {
    const value = features[linear.features[term] as number] as number;
    if (value !== value) return fallback;
    sum += (linear.coefficients[term] as number) * value;
  }
  return sum;
}
