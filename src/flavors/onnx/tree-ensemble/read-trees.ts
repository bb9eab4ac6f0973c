/** Lists of nodes and weights → trees. What onnxruntime would refuse, or read in a way of its own, gives null. */
import type { Tree } from '../../../trees/tree-ensemble.ts';
import { placeWeights, type TreeSpan, type TreeWeights } from './place-weights.ts';
import type { TreeAttributes } from './read-tree-attributes.ts';

/** Trees in the order in which they are added up, and what their leaves say of the targets. */
export interface TreesOfNode {
  readonly trees: readonly Tree[];
  /** Targets that some leaf has a weight of. */
  readonly named: ReadonlySet<number>;
  /** Targets of which every row gets a weight: all leaves of some tree have one. */
  readonly certain: ReadonlySet<number>;
}

/** A leaf has weights of some of the targets; a leaf without any gives null. */
export function readTrees(attributes: TreeAttributes): TreesOfNode | null {
  if (!hasEqualLengths(attributes)) return null;
  const spans = findSpans(attributes);
  const weights = spans && placeWeights(attributes, spans);
  if (spans === null || weights === null) return null;
  const trees: Tree[] = [];
  const [named, certain] = [new Set<number>(), new Set<number>()];
  for (const [id, span] of spans) {
    const ofTree = weights.get(id)!;
    const tree = readTree(attributes, span, ofTree);
    if (tree === null || !noteTargets(tree, ofTree, { named, certain })) return null;
    trees.push(tree);
  }
  return { trees, named, certain };
}

function hasEqualLengths(attributes: TreeAttributes): boolean {
  const { treeIds, nodeIds, modes, features, values, trueIds, falseIds, missingTrue } = attributes;
  const { weights, weightTreeIds, weightNodeIds, weightTargets } = attributes;
  const ofNodes = [nodeIds, modes, features, values, trueIds, falseIds];
  const ofWeights = [weightTreeIds, weightNodeIds, weightTargets];
  return (
    treeIds.length > 0 &&
    ofNodes.every(({ length }) => length === treeIds.length) &&
    (missingTrue.length === 0 || missingTrue.length === treeIds.length) &&
    ofWeights.every(({ length }) => length === weights.length)
  );
}

/** Nodes of a tree stand together, its root first. */
function findSpans({ treeIds, nodeIds }: TreeAttributes): ReadonlyMap<bigint, TreeSpan> | null {
  const spans = new Map<bigint, TreeSpan>();
  for (let first = 0; first < treeIds.length;) {
    const id = treeIds[first]!;
    const places = new Map<bigint, number>();
    let end = first;
    for (; end < treeIds.length && treeIds[end] === id; end++)
      places.set(nodeIds[end]!, end - first);
    if (spans.has(id) || places.size !== end - first) return null;
    spans.set(id, { first, end, places });
    first = end;
  }
  return spans;
}

/** A weight that is not there adds nothing, which is what a zero does to a sum that began with zero. */
function readTree(
  attributes: TreeAttributes,
  span: TreeSpan,
  { target, values: weights }: TreeWeights,
): Tree | null {
  const { modes, features, values, trueIds, falseIds, missingTrue } = attributes;
  const { first, end, places } = span;
  const size = end - first;
  const tree = {
    leftChild: new Int32Array(size).fill(-1),
    rightChild: new Int32Array(size).fill(-1),
    feature: new Int32Array(size),
    threshold: values.slice(first, end),
    defaultLeft: new Uint8Array(size),
    leafValue: weights.map((weight) => (Number.isNaN(weight) ? 0 : weight)),
    output: target,
  };
  for (let node = 0; node < size; node++) {
    const at = first + node;
    if (modes[at] === 'LEAF') {
      tree.threshold[node] = 0;
      continue;
    }
    const [left, right] = [places.get(trueIds[at]!), places.get(falseIds[at]!)];
    if (left === undefined || right === undefined || Number.isNaN(values[at])) return null;
    tree.leftChild[node] = left;
    tree.rightChild[node] = right;
    tree.feature[node] = Number(features[at]);
    tree.defaultLeft[node] = missingTrue[at] === 1n ? 1 : 0;
  }
  return tree;
}

/** False where a leaf has no weight: of that onnxruntime adds what stands in the place of the threshold, or refuses it. */
function noteTargets(
  { leftChild }: Tree,
  { target, values }: TreeWeights,
  { named, certain }: { named: Set<number>; certain: Set<number> },
): boolean {
  const width = values.length / leftChild.length;
  const counts = new Uint32Array(width);
  let leafCount = 0;
  for (const [node, child] of leftChild.entries()) {
    if (child >= 0) continue;
    leafCount++;
    let isEmpty = true;
    for (let k = 0; k < width; k++) {
      if (Number.isNaN(values[node * width + k])) continue;
      counts[k]!++;
      isEmpty = false;
    }
    if (isEmpty) return false;
  }
  for (const [k, count] of counts.entries()) {
    if (count > 0) named.add(target ?? k);
    if (count === leafCount) certain.add(target ?? k);
  }
  return true;
}
