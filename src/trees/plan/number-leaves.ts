/** Numbers the leaves of each tree from left to right, and gives what each adds to a sum. */
import type { Tree, TreeEnsemble } from '../tree-ensemble.ts';
import { isSplit, type PackedNodes } from './order-nodes.ts';

/** Leaves of the ensemble; those of tree `t` are `firstLeaf[t]` to `firstLeaf[t + 1] - 1`, from left to right. */
export interface NumberedLeaves {
  readonly firstLeaf: Uint32Array;
  /** Packed node → number of the leaf; meaningless in splits. */
  readonly leafOf: Uint32Array;
  /** Leaf → the tree's own number of its node. */
  readonly original: Int32Array;
  /** What the leaf adds, in the sum type: [leaves] or, for vector leaves, [leaves × outputs]. */
  readonly values: Float32Array | Float64Array;
}

/** Numbers all leaves. */
export function numberLeaves(ensemble: TreeEnsemble, nodes: PackedNodes): NumberedLeaves {
  const leafOf = new Uint32Array(nodes.child.length);
  const original = new Int32Array(nodes.child.length);
  const firstLeaf = new Uint32Array(ensemble.trees.length + 1);
  let count = 0;
  for (const index of ensemble.trees.keys()) {
    firstLeaf[index] = count;
    const open = [nodes.firstNode[index] as number];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const child = nodes.child[at] as number;
      if (isSplit(nodes, at)) open.push(child + 1, child);
      else {
        original[count] = nodes.original[at] as number;
        leafOf[at] = count++;
      }
    }
  }
  firstLeaf[ensemble.trees.length] = count;
  const values = collectValues(ensemble, firstLeaf, original);
  return { firstLeaf, leafOf, original: original.slice(0, count), values };
}

function collectValues(
  ensemble: TreeEnsemble,
  firstLeaf: Uint32Array,
  original: Int32Array,
): Float32Array | Float64Array {
  const vectors = ensemble.trees[0]?.output === null;
  const perLeaf = vectors ? ensemble.outputCount : 1;
  const length = (firstLeaf[ensemble.trees.length] as number) * perLeaf;
  const values =
    ensemble.sumType === 'float32' ? new Float32Array(length) : new Float64Array(length);
  for (const [index, tree] of ensemble.trees.entries()) {
    const add = contributionOf(ensemble, tree);
    const end = firstLeaf[index + 1] as number;
    for (let leaf = firstLeaf[index] as number; leaf < end; leaf++) {
      const from = (original[leaf] as number) * perLeaf;
      for (let k = 0; k < perLeaf; k++) {
        values[leaf * perLeaf + k] = add(tree.leafValue[from + k] as number, tree.output ?? k);
      }
    }
  }
  return values;
}

/** What a leaf adds to an output: a dart weight depends on nothing but the leaf, so it is applied here, once. */
function contributionOf(
  ensemble: TreeEnsemble,
  tree: Tree,
): (leaf: number, output: number) => number {
  const { weight } = tree;
  if (weight === undefined) return (leaf) => leaf;
  const round = ensemble.sumType === 'float32' ? Math.fround : (value: number): number => value;
  const factor = round(weight);
  if (ensemble.weighting !== 'rebased') return (leaf) => round(round(leaf) * factor);
  return (leaf, output) => {
    const base = round(ensemble.baseScore[output] as number);
    return round(round(round(round(leaf) + base) - base) * factor);
  };
}
