/** Scores of linear trees: the kernel finds the leaves, their linear models are computed here. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EnsembleKernel, TreeRange } from '../../trees/ensemble-kernel.ts';
import type { Tree } from '../../trees/tree-ensemble.ts';
import type { LightgbmModel, LinearLeaves } from './lightgbm-model.ts';
import { zeroThreshold } from './parse-tree.ts';
import type { ScoreRequest } from './score-source.ts';

/** Rows between two looks at the signal and at other work. */
const blockRows = 512;

/**
 * Raw scores [rows × outputs] of a model with linear trees, added in LightGBM's order.
 * Source: LightGBM 4.7 include/LightGBM/tree.h `Tree::Predict`.
 */
export async function linearScores(
  model: LightgbmModel,
  kernel: EnsembleKernel,
  request: ScoreRequest,
  range: TreeRange,
): Promise<Float64Array> {
  const { featureCount, outputCount } = model;
  const scores = new Float64Array(request.rowCount * outputCount);
  for (let first = 0; first < request.rowCount; first += blockRows) {
    if (first > 0) await nextTurn();
    request.signal.throwIfAborted();
    const count = Math.min(blockRows, request.rowCount - first);
    const buffer = kernel.rowBuffer(count);
    request.fill(buffer, first, count);
    const leaves = kernel.predictLeaves(count, range);
    const rows = Float64Array.from(buffer, clearTiny);
    for (let row = 0; row < count; row += 1) {
      const features = rows.subarray(row * featureCount, (row + 1) * featureCount);
      const sums = scores.subarray((first + row) * outputCount, (first + row + 1) * outputCount);
      addTrees(model, features, leaves.subarray(row * treesIn(range)), range, sums);
    }
  }
  return scores;
}

function treesIn(range: TreeRange): number {
  return range.endTree - range.firstTree;
}

/** Source: LightGBM 4.7 src/c_api.cpp `RowPairFunctionFromDenseMatrix`. */
function clearTiny(value: number): number {
  return Math.abs(value) <= zeroThreshold ? 0 : value;
}

function addTrees(
  model: LightgbmModel,
  features: Float64Array,
  leaves: Int32Array,
  range: TreeRange,
  sums: Float64Array,
): void {
  for (let tree = range.firstTree; tree < range.endTree; tree += 1) {
    const { leafValue } = model.trees[tree] as Tree;
    const node = leaves[tree - range.firstTree] as number;
    const linear = model.linearLeaves.get(tree);
    const value = leafValue[node] as number;
    const output = tree % sums.length;
    sums[output] =
      (sums[output] as number) +
      (linear === undefined
        ? value
        : evaluateLeaf(linear, node - (leafValue.length >> 1), features, value));
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
