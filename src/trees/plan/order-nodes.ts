/** Packs nodes breadth first with the two children side by side, and leaves out what the root does not reach. */
import type { Tree, TreeEnsemble } from '../tree-ensemble.ts';

/** Nodes of the whole ensemble in packed order; those of tree `t` are `firstNode[t]` to `firstNode[t + 1] - 1`. */
export interface PackedNodes {
  readonly firstNode: Uint32Array;
  /** Packed node → the tree's own number of it. */
  readonly original: Int32Array;
  /** Packed node → packed left child (the right one follows); a leaf is its own child. */
  readonly child: Uint32Array;
  /** Longest path of each tree. */
  readonly depth: Uint32Array;
}

/** True where a packed node has children. */
export function isSplit(nodes: PackedNodes, at: number): boolean {
  return nodes.child[at] !== at;
}

/** Packs the nodes of a validated ensemble. */
export function orderNodes(ensemble: TreeEnsemble): PackedNodes {
  const total = ensemble.trees.reduce((sum, tree) => sum + tree.leftChild.length, 0);
  const firstNode = new Uint32Array(ensemble.trees.length + 1);
  const depth = new Uint32Array(ensemble.trees.length);
  const original = new Int32Array(total);
  const child = new Uint32Array(total);
  for (const [index, tree] of ensemble.trees.entries()) {
    const first = firstNode[index] as number;
    const packed = orderTree(tree, first, original, child);
    firstNode[index + 1] = packed.end;
    depth[index] = packed.depth;
  }
  const end = firstNode[ensemble.trees.length] as number;
  return { firstNode, original: original.slice(0, end), child: child.slice(0, end), depth };
}

function orderTree(
  tree: Tree,
  first: number,
  original: Int32Array,
  child: Uint32Array,
): { readonly end: number; readonly depth: number } {
  let end = first + 1;
  let depth = 0;
  let levelEnd = end;
  original[first] = 0;
  for (let at = first; at < end; at++) {
    if (at === levelEnd) {
      depth++;
      levelEnd = end;
    }
    const node = original[at] as number;
    if (tree.leftChild[node] === -1) {
      child[at] = at;
      continue;
    }
    child[at] = end;
    original[end++] = tree.leftChild[node] as number;
    original[end++] = tree.rightChild[node] as number;
  }
  return { end, depth };
}
