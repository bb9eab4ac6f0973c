/** Weights of leaves, found by tree and node. What onnxruntime would refuse, or read in a way of its own, gives null. */
import type { TreeAttributes } from './read-tree-attributes.ts';

/** One tree: where its nodes stand in the lists, and which is which. */
export interface TreeSpan {
  readonly first: number;
  readonly end: number;
  /** Node id → place in the tree. */
  readonly places: ReadonlyMap<bigint, number>;
}

/** Weights of a tree: [nodes] where all are of one target, else [nodes × targets]; NaN where there is none. */
export interface TreeWeights {
  readonly target: number | null;
  readonly values: Float32Array;
}

/** Most weights that are spread out over nodes and targets. */
const mostValues = 2 ** 26;

/** Weights by tree. A node may have one weight of each target. */
export function placeWeights(
  attributes: TreeAttributes,
  spans: ReadonlyMap<bigint, TreeSpan>,
): ReadonlyMap<bigint, TreeWeights> | null {
  const { targetCount, weights, weightTreeIds, weightNodeIds, weightTargets, modes } = attributes;
  const trees = makeRoom(attributes, spans);
  if (trees === null) return null;
  for (const [index, weight] of weights.entries()) {
    const id = weightTreeIds[index]!;
    const [span, tree] = [spans.get(id), trees.get(id)];
    const node = span?.places.get(weightNodeIds[index]!);
    const target = Number(weightTargets[index]);
    if (span === undefined || tree === undefined || node === undefined || Number.isNaN(weight))
      return null;
    if (modes[span.first + node] !== 'LEAF' || target < 0 || target >= targetCount) return null;
    const at = tree.target === null ? node * targetCount + target : node;
    if (!Number.isNaN(tree.values[at])) return null;
    tree.values[at] = weight;
  }
  return trees;
}

/** Trees are alike: where one has weights of several targets, all get room for those. */
function makeRoom(
  { targetCount, weightTreeIds, weightTargets }: TreeAttributes,
  spans: ReadonlyMap<bigint, TreeSpan>,
): ReadonlyMap<bigint, TreeWeights> | null {
  const targets = new Map<bigint, bigint>();
  let isSingle = true;
  for (const [index, id] of weightTreeIds.entries()) {
    const target = weightTargets[index]!;
    const known = targets.get(id);
    if (known === undefined) targets.set(id, target);
    else if (known !== target) isSingle = false;
  }
  const trees = new Map<bigint, TreeWeights>();
  let room = 0;
  for (const [id, { first, end }] of spans) {
    const size = (end - first) * (isSingle ? 1 : targetCount);
    room += size;
    if (room > mostValues) return null;
    const values = new Float32Array(size).fill(NaN);
    trees.set(id, { target: isSingle ? Number(targets.get(id) ?? 0n) : null, values });
  }
  return trees;
}
