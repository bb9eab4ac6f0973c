/** Trees of a model → trees of the ensemble, every index checked. */
import type { SymmetricTrees, WalkedTrees } from '../../trees/oblivious/binned-ensemble.ts';
import type { CatboostModel, ObliviousTrees, StepTrees } from './catboost-model.ts';
import { invalidModelFile, notNative } from './model-error.ts';

/** CatBoost's own limit. */
const deepestTree = 16;

/** @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE */
export function buildTrees(
  model: CatboostModel,
  conditionCount: number,
): SymmetricTrees | WalkedTrees {
  return model.trees.kind === 'oblivious'
    ? buildSymmetric(model, model.trees, conditionCount)
    : buildWalked(model, model.trees, conditionCount);
}

function checkCondition(condition: number | undefined, count: number): void {
  if (condition !== undefined && condition >= 0 && condition < count) return;
  throw invalidModelFile(`a tree asks for condition ${condition} of ${count}`);
}

function buildSymmetric(
  { leafValues, outputCount }: CatboostModel,
  { splits, depths }: ObliviousTrees,
  conditionCount: number,
): SymmetricTrees {
  const starts = new Int32Array(depths.length + 1);
  let leafCount = 0;
  for (const [tree, depth] of depths.entries()) {
    if (depth < 0) throw invalidModelFile('a tree has a negative depth');
    if (depth > deepestTree) throw notNative(`a tree has ${depth} levels`);
    starts[tree + 1] = (starts[tree] as number) + depth;
    leafCount += 2 ** depth;
  }
  if (starts.at(-1) !== splits.length) {
    throw invalidModelFile(`its trees have ${starts.at(-1)} levels and ${splits.length} splits`);
  }
  if (leafCount * outputCount !== leafValues.length) {
    throw invalidModelFile(`its ${leafCount} leaves have ${leafValues.length} values`);
  }
  for (const condition of splits) checkCondition(condition, conditionCount);
  return { kind: 'symmetric', conditions: splits, starts };
}

/** A node that stays on one side only gets a leaf for that side. */
function buildWalked(model: CatboostModel, trees: StepTrees, conditionCount: number): WalkedTrees {
  const count = trees.leftSteps.length;
  if (trees.splits.length !== count || trees.leafIndexes.length !== count) {
    throw invalidModelFile('its nodes, splits and leaves differ in number');
  }
  const left: number[] = [];
  const right: number[] = [];
  const firstValues: number[] = [];
  for (let node = 0; node < count; node += 1) {
    left.push(node + (trees.leftSteps[node] as number));
    right.push(node + (trees.rightSteps[node] as number));
    firstValues.push(checkNode(model, trees, node, conditionCount));
  }
  for (let node = 0; node < count; node += 1) {
    const isLeaf = left[node] === node && right[node] === node;
    if (isLeaf || (left[node] !== node && right[node] !== node)) continue;
    const leaf = left.length;
    const side = left[node] === node ? left : right;
    side[node] = leaf;
    left.push(leaf);
    right.push(leaf);
    firstValues.push(firstValues[node] as number);
  }
  for (const root of trees.roots) {
    if (!(root >= 0 && root < count)) throw invalidModelFile('a tree begins outside of its nodes');
  }
  return {
    kind: 'walked',
    roots: trees.roots,
    conditions: trees.splits,
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    firstValues: Int32Array.from(firstValues),
  };
}

/** First leaf value of a node; 0 for one that is no leaf. */
function checkNode(
  { leafValues, outputCount }: CatboostModel,
  trees: StepTrees,
  node: number,
  conditionCount: number,
): number {
  const leftStep = trees.leftSteps[node] as number;
  const rightStep = trees.rightSteps[node] as number;
  const count = trees.leftSteps.length;
  if (node + leftStep >= count || node + rightStep >= count) {
    throw invalidModelFile('a node steps outside of the tree');
  }
  if (leftStep !== 0 || rightStep !== 0) checkCondition(trees.splits[node], conditionCount);
  if (leftStep !== 0 && rightStep !== 0) return 0;
  const first = trees.leafIndexes[node] as number;
  if (first + outputCount <= leafValues.length) return first;
  throw invalidModelFile('a leaf has no value');
}
