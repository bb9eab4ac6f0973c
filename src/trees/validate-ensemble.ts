/** Refuses ensembles that no library writes, so that nothing read from a model file can loop or read out of bounds. */
import { type SlipwayError, slipwayError } from '../errors/slipway-error.ts';
import type { Tree, TreeEnsemble } from './tree-ensemble.ts';

/** Longest path from a root to a leaf. */
export const maxTreeDepth: number = 16_384;
/** Most nodes of an ensemble: packed, they take up to 28 bytes each. */
export const maxEnsembleNodes: number = 1 << 26;
/** Most outputs, and most features, of an ensemble. */
export const maxEnsembleWidth: number = 1 << 20;
/** Smallest integer that is no category. XGBoost's are those that float32 holds exactly (`OutOfRangeCat`). */
const endCategories = { float24: 2 ** 24, int32: 2 ** 31 } as const;

/**
 * Checks sizes, children, features and outputs of every tree; nodes that the root does not reach are ignored.
 * @throws MODEL_FILE_INVALID with `details.tree`, `details.node` and the reason.
 */
export function validateEnsemble(ensemble: TreeEnsemble): void {
  checkWidth('number of outputs', ensemble.outputCount, 1);
  checkWidth('number of features', ensemble.featureCount, 0);
  if (ensemble.baseScore.length !== ensemble.outputCount) {
    throw invalid(
      `it has ${ensemble.baseScore.length} base scores for ${ensemble.outputCount} outputs`,
    );
  }
  const nodeCount = ensemble.trees.reduce((sum, tree) => sum + tree.leftChild.length, 0);
  if (nodeCount > maxEnsembleNodes) {
    throw invalid(`it has ${nodeCount} nodes; at most ${maxEnsembleNodes} are supported`);
  }
  checkLeafKinds(ensemble);
  for (const [index, tree] of ensemble.trees.entries()) validateTree(ensemble, tree, index);
}

function checkWidth(what: string, count: number, least: number): void {
  if (Number.isInteger(count) && count >= least && count <= maxEnsembleWidth) return;
  throw invalid(`its ${what} is ${count}, which is not between ${least} and ${maxEnsembleWidth}`);
}

function checkLeafKinds(ensemble: TreeEnsemble): void {
  const vectors = ensemble.trees.filter((tree) => tree.output === null).length;
  if (vectors !== 0 && vectors !== ensemble.trees.length) {
    throw invalid('some of its trees have vector leaves and some have not');
  }
}

function validateTree(ensemble: TreeEnsemble, tree: Tree, index: number): void {
  checkLengths(ensemble, tree, index);
  if (tree.output !== null && !isIndex(tree.output, ensemble.outputCount)) {
    throw invalid(`output ${tree.output} does not exist`, index);
  }
  const endCategory = endCategories[ensemble.categoryRange ?? 'float24'];
  for (const [node, categories] of tree.categories ?? []) {
    if (categories.some((category) => category >= endCategory)) {
      throw invalid('a category is too large', index, node);
    }
  }
  checkPaths(ensemble, tree, index);
}

function checkLengths(ensemble: TreeEnsemble, tree: Tree, index: number): void {
  const nodes = tree.leftChild.length;
  const perLeaf = tree.output === null ? ensemble.outputCount : 1;
  const expected = [
    ['rightChild', tree.rightChild.length, nodes],
    ['feature', tree.feature.length, nodes],
    ['threshold', tree.threshold.length, nodes],
    ['defaultLeft', tree.defaultLeft.length, nodes],
    ['leafValue', tree.leafValue.length, nodes * perLeaf],
    ['missing', tree.missing?.length ?? nodes, nodes],
  ] as const;
  if (nodes === 0) throw invalid('it has no nodes', index);
  for (const [name, length, wanted] of expected) {
    if (length === wanted) continue;
    throw invalid(`${name} has ${length} values where ${wanted} belong`, index);
  }
}

/** Follows every path once, with a stack of its own: depth does not depend on the call stack. */
function checkPaths(ensemble: TreeEnsemble, tree: Tree, index: number): void {
  const depth = new Int32Array(tree.leftChild.length).fill(-1);
  depth[0] = 0;
  const open = [0];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (isLeaf(tree, node, index)) continue;
    checkSplit(ensemble, tree, index, node);
    const below = (depth[node] as number) + 1;
    if (below > maxTreeDepth) throw invalid(`it is deeper than ${maxTreeDepth}`, index, node);
    for (const child of [tree.leftChild[node] as number, tree.rightChild[node] as number]) {
      if (!isIndex(child, depth.length))
        throw invalid(`child ${child} does not exist`, index, node);
      if (depth[child] !== -1) throw invalid(`node ${child} has two parents`, index, node);
      depth[child] = below;
      open.push(child);
    }
  }
}

function isLeaf(tree: Tree, node: number, index: number): boolean {
  const left = tree.leftChild[node] === -1;
  if (left !== (tree.rightChild[node] === -1)) throw invalid('it has one child', index, node);
  return left;
}

function checkSplit(ensemble: TreeEnsemble, tree: Tree, index: number, node: number): void {
  const feature = tree.feature[node] as number;
  if (!isIndex(feature, ensemble.featureCount)) {
    throw invalid(`feature ${feature} does not exist`, index, node);
  }
  const isNaNSplit = Number.isNaN(tree.threshold[node]) && tree.categories?.has(node) !== true;
  if (isNaNSplit && ensemble.comparison === '<=') {
    throw invalid('its threshold is not a number', index, node);
  }
}

function isIndex(value: number, count: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < count;
}

function invalid(reason: string, tree?: number, node?: number): SlipwayError {
  const where =
    tree === undefined
      ? 'The tree ensemble'
      : `Tree ${tree}${node === undefined ? '' : `, node ${node}`}`;
  return slipwayError('MODEL_FILE_INVALID', `${where} of the model is damaged: ${reason}.`, {
    details: { tree, node, reason },
  });
}
