// Leaves by walking. A node is 8 bytes: address of the left child (32 bits), offset of the column (16), threshold or set (16);
// the right child follows the left one and a leaf is its own child, so eight walks run in step without a branch that
// depends on data.
import * as at from './layout';

/** Steps between two looks at whether all walks have come to rest. */
const stepsBetweenLooks: u32 = 4;
/** Depth up to which looking costs more than it saves. */
const deepestBlindWalk: u32 = 10;

/** The next node; S is two bytes wide where the plan has columns for sets, which begin at the offset `from`. */
@inline
function step<S>(row: usize, node: usize, from: usize, sets: usize): usize {
  const column = <usize>load<u16>(node, at.nodeColumn);
  const code = load<u16>(row + column);
  const threshold = load<u16>(node, at.nodeThreshold);
  let right = <usize>i32(code > threshold);
  if (sizeof<S>() > 1 && column >= from) {
    const asked = sets + ((column - from) << 2);
    const set = <usize>load<u32>(asked, at.setColumnFirst) + <usize>threshold * <usize>load<u32>(asked, at.setColumnStride);
    right = <usize>(load<u8>(set + <usize>(code >> 3)) >> <u8>(code & 7)) & 1;
  }
  return <usize>load<u32>(node, at.nodeChild) + (right << 3);
}

@inline
function storeLeaf(leafOf: usize, nodes: usize, node: usize, leaves: usize, offset: usize): void {
  store<u32>(leaves + offset, load<u32>(leafOf + ((node - nodes) >> 1)));
}

/** Leaf numbers of eight nodes. */
@inline
function storeLeaves(
  plan: usize, leaves: usize, a: usize, b: usize, c: usize, d: usize, e: usize, f: usize, g: usize, h: usize,
): void {
  const leafOf = <usize>load<u32>(plan, at.planLeafOf);
  const nodes = <usize>load<u32>(plan, at.planNodes);
  storeLeaf(leafOf, nodes, a, leaves, 0); storeLeaf(leafOf, nodes, b, leaves, 4);
  storeLeaf(leafOf, nodes, c, leaves, 8); storeLeaf(leafOf, nodes, d, leaves, 12);
  storeLeaf(leafOf, nodes, e, leaves, 16); storeLeaf(leafOf, nodes, f, leaves, 20);
  storeLeaf(leafOf, nodes, g, leaves, 24); storeLeaf(leafOf, nodes, h, leaves, 28);
}

@inline
function rootOf(tree: usize, index: usize): usize {
  return <usize>load<u32>(tree + index * at.treeSize, at.treeRoot);
}

@inline
function depthOf(tree: usize, index: usize): u32 {
  return load<u32>(tree + index * at.treeSize, at.treeDepth);
}

/** Deepest of eight trees. */
@inline
function deepestOf(tree: usize): u32 {
  return max(
    max(max(depthOf(tree, 0), depthOf(tree, 1)), max(depthOf(tree, 2), depthOf(tree, 3))),
    max(max(depthOf(tree, 4), depthOf(tree, 5)), max(depthOf(tree, 6), depthOf(tree, 7))),
  );
}

/** One row through eight trees at a time; leaf numbers (4 bytes each) into `leaves`. */
export function walkTrees(plan: usize, firstTree: u32, endTree: u32, row: usize, leaves: usize): void {
  if (load<u32>(plan, at.planSetColumns) == 0) walkTreesBy<u8>(plan, firstTree, endTree, row, leaves);
  else walkTreesBy<u16>(plan, firstTree, endTree, row, leaves);
}

function walkTreesBy<S>(plan: usize, firstTree: u32, endTree: u32, row: usize, leaves: usize): void {
  const from = <usize>load<u32>(plan, at.planSetsFrom);
  const sets = <usize>load<u32>(plan, at.planSetColumns);
  const trees = <usize>load<u32>(plan, at.planTrees);
  let tree = trees + <usize>firstTree * at.treeSize;
  const end = trees + <usize>endTree * at.treeSize;
  for (; tree + 8 * at.treeSize <= end; tree += 8 * at.treeSize, leaves += 32) {
    let depth = deepestOf(tree);
    let a = rootOf(tree, 0), b = rootOf(tree, 1), c = rootOf(tree, 2), d = rootOf(tree, 3);
    let e = rootOf(tree, 4), f = rootOf(tree, 5), g = rootOf(tree, 6), h = rootOf(tree, 7);
    // Addresses only grow on the way, so their sum stands still when all walks rest.
    while (depth > deepestBlindWalk) {
      const before = a + b + c + d + e + f + g + h;
      for (let s = stepsBetweenLooks; s > 0; s--) {
        a = step<S>(row, a, from, sets); b = step<S>(row, b, from, sets); c = step<S>(row, c, from, sets); d = step<S>(row, d, from, sets);
        e = step<S>(row, e, from, sets); f = step<S>(row, f, from, sets); g = step<S>(row, g, from, sets); h = step<S>(row, h, from, sets);
      }
      depth = a + b + c + d + e + f + g + h == before ? 0 : depth - stepsBetweenLooks;
    }
    for (; depth > 0; depth--) {
      a = step<S>(row, a, from, sets); b = step<S>(row, b, from, sets); c = step<S>(row, c, from, sets); d = step<S>(row, d, from, sets);
      e = step<S>(row, e, from, sets); f = step<S>(row, f, from, sets); g = step<S>(row, g, from, sets); h = step<S>(row, h, from, sets);
    }
    storeLeaves(plan, leaves, a, b, c, d, e, f, g, h);
  }
  const leafOf = <usize>load<u32>(plan, at.planLeafOf);
  const nodes = <usize>load<u32>(plan, at.planNodes);
  for (; tree < end; tree += at.treeSize, leaves += 4) {
    let node = rootOf(tree, 0);
    for (let s = depthOf(tree, 0); s > 0; s--) node = step<S>(row, node, from, sets);
    storeLeaf(leafOf, nodes, node, leaves, 0);
  }
}

/** Eight rows at a time through one tree; leaf numbers (4 bytes a row) into `leaves`. */
export function walkRows(plan: usize, tree: usize, codes: usize, rowCount: i32, leaves: usize): void {
  if (load<u32>(plan, at.planSetColumns) == 0) walkRowsBy<u8>(plan, tree, codes, rowCount, leaves);
  else walkRowsBy<u16>(plan, tree, codes, rowCount, leaves);
}

/**
 * The next node in a block, where the codes of a column stand side by side in the upper halves of four bytes; `codes`
 * are those of the walk's row. A node is loaded once: its upper half is threshold, then column, so that it compares
 * with a code as the threshold does.
 */
@inline
function stepInBlock<S>(codes: usize, node: usize, from: usize, sets: usize, offset: usize): usize {
  const fields = load<u64>(node);
  const split = <u32>(fields >> 32);
  const column = <usize>(split & 0xffff);
  const code = load<u32>(codes + (column << at.blockColumnShift) + offset);
  let right = <usize>i32(code > split);
  if (sizeof<S>() > 1 && column >= from) {
    const asked = sets + ((column - from) << 2);
    const set = <usize>load<u32>(asked, at.setColumnFirst) + <usize>(split >> 16) * <usize>load<u32>(asked, at.setColumnStride);
    right = <usize>(load<u8>(set + <usize>(code >> 19)) >> <u8>(code >> 16 & 7)) & 1;
  }
  return <usize><u32>fields + (right << 3);
}

function walkRowsBy<S>(plan: usize, tree: usize, codes: usize, rowCount: i32, leaves: usize): void {
  const from = <usize>load<u32>(plan, at.planSetsFrom);
  const sets = <usize>load<u32>(plan, at.planSetColumns);
  const root = rootOf(tree, 0);
  // Rows beyond the last are walked too: their codes are zero or old, both valid.
  for (let row = 0; row < rowCount; row += 8, codes += 32, leaves += 32) {
    let depth = depthOf(tree, 0);
    let a = root, b = a, c = a, d = a, e = a, f = a, g = a, h = a;
    while (depth > deepestBlindWalk) {
      const before = a + b + c + d + e + f + g + h;
      for (let s = stepsBetweenLooks; s > 0; s--) {
        a = stepInBlock<S>(codes, a, from, sets, 0); b = stepInBlock<S>(codes, b, from, sets, 4);
        c = stepInBlock<S>(codes, c, from, sets, 8); d = stepInBlock<S>(codes, d, from, sets, 12);
        e = stepInBlock<S>(codes, e, from, sets, 16); f = stepInBlock<S>(codes, f, from, sets, 20);
        g = stepInBlock<S>(codes, g, from, sets, 24); h = stepInBlock<S>(codes, h, from, sets, 28);
      }
      depth = a + b + c + d + e + f + g + h == before ? 0 : depth - stepsBetweenLooks;
    }
    for (; depth > 0; depth--) {
      a = stepInBlock<S>(codes, a, from, sets, 0); b = stepInBlock<S>(codes, b, from, sets, 4);
      c = stepInBlock<S>(codes, c, from, sets, 8); d = stepInBlock<S>(codes, d, from, sets, 12);
      e = stepInBlock<S>(codes, e, from, sets, 16); f = stepInBlock<S>(codes, f, from, sets, 20);
      g = stepInBlock<S>(codes, g, from, sets, 24); h = stepInBlock<S>(codes, h, from, sets, 28);
    }
    storeLeaves(plan, leaves, a, b, c, d, e, f, g, h);
  }
}
