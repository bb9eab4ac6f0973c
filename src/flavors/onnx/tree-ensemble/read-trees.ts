/** Lists of nodes and weights → trees. What onnxruntime would refuse, or read in a way of its own, gives null. */
import type { Tree } from '../../../trees/tree-ensemble.ts';
import type { TreeAttributes } from './read-tree-attributes.ts';

/** One tree: where its nodes stand in the lists, and which is which. */
interface Span {
  readonly first: number;
  readonly end: number;
  /** Node id → place in the tree. */
  readonly places: ReadonlyMap<bigint, number>;
}

/** The trees in the order in which they are added up. A leaf has one weight, or with several targets a weight for each. */
export function readTrees(attributes: TreeAttributes): readonly Tree[] | null {
  if (!hasEqualLengths(attributes)) return null;
  const spans = findSpans(attributes);
  const leaves = spans && placeWeights(attributes, spans);
  if (spans === null || leaves === null) return null;
  const trees: Tree[] = [];
  for (const [id, span] of spans) {
    const tree = readTree(attributes, span, leaves.get(id)!);
    if (tree === null) return null;
    trees.push(tree);
  }
  return trees;
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
function findSpans({ treeIds, nodeIds }: TreeAttributes): ReadonlyMap<bigint, Span> | null {
  const spans = new Map<bigint, Span>();
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

/** Weights of the leaves, [nodes × targets] a tree; NaN where there is none. */
type Leaves = ReadonlyMap<bigint, Float32Array>;

function placeWeights(attributes: TreeAttributes, spans: ReadonlyMap<bigint, Span>): Leaves | null {
  const { targetCount, weights, weightTreeIds, weightNodeIds, weightTargets, modes } = attributes;
  const leaves = new Map<bigint, Float32Array>();
  for (const [id, { first, end }] of spans)
    leaves.set(id, new Float32Array((end - first) * targetCount).fill(NaN));
  for (const [index, weight] of weights.entries()) {
    const id = weightTreeIds[index]!;
    const span = spans.get(id);
    const node = span?.places.get(weightNodeIds[index]!);
    const target = Number(weightTargets[index]);
    if (span === undefined || node === undefined || Number.isNaN(weight)) return null;
    if (modes[span.first + node] !== 'LEAF' || target < 0 || target >= targetCount) return null;
    const values = leaves.get(id)!;
    if (!Number.isNaN(values[node * targetCount + target])) return null;
    values[node * targetCount + target] = weight;
  }
  return leaves;
}

function readTree(attributes: TreeAttributes, span: Span, weights: Float32Array): Tree | null {
  const { modes, features, values, trueIds, falseIds, missingTrue, targetCount } = attributes;
  const { first, end, places } = span;
  const size = end - first;
  const tree = {
    leftChild: new Int32Array(size).fill(-1),
    rightChild: new Int32Array(size).fill(-1),
    feature: new Int32Array(size),
    threshold: values.slice(first, end),
    defaultLeft: new Uint8Array(size),
    leafValue: weights.map((weight) => (Number.isNaN(weight) ? 0 : weight)),
    output: targetCount === 1 ? 0 : null,
  };
  for (let node = 0; node < size; node++) {
    const at = first + node;
    if (modes[at] === 'LEAF') {
      // Without one, onnxruntime adds what stands in the place of the threshold.
      if (targetCount === 1 && Number.isNaN(weights[node])) return null;
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
