// Leaves of a block of rows by evaluating every split of a tree for sixteen rows at a time. Leaves are numbered from
// left to right, so the number at a split is max(left, right & mask): no gather, no branch, no pointer to follow.
import * as at from './layout';

@inline
function pairVector(codes: usize, slot: usize, threshold: v128, leaf: v128, offset: usize): void {
  v128.store(slot + offset, i8x16.sub(leaf, i8x16.gt_s(v128.load(codes + offset), threshold)));
}

@inline
function joinVector(codes: usize, left: usize, right: usize, slot: usize, threshold: v128, offset: usize): void {
  const goesRight = i8x16.gt_s(v128.load(codes + offset), threshold);
  v128.store(
    slot + offset,
    i8x16.max_u(v128.load(left + offset), v128.and(v128.load(right + offset), goesRight)),
  );
}

/** Splits above two leaves, for as many vectors of rows as V has bytes: their number, plus one where the row goes right. */
function runPairs<V>(tree: usize, codes: usize, slots: usize): void {
  let pair = <usize>load<u32>(tree, at.treePairs);
  const end = pair + <usize>load<u32>(tree, at.treePairCount) * at.pairSize;
  for (; pair < end; pair += at.pairSize) {
    const column = codes + ((<usize>load<u16>(pair, at.pairColumn)) << 6);
    const slot = slots + <usize>load<u16>(pair, at.pairSlot);
    const threshold = v128.load8_splat(pair, at.pairThreshold);
    const leaf = v128.load8_splat(pair, at.pairLeaf);
    pairVector(column, slot, threshold, leaf, 0);
    if (sizeof<V>() > 1) pairVector(column, slot, threshold, leaf, 16);
    if (sizeof<V>() > 2) {
      pairVector(column, slot, threshold, leaf, 32);
      pairVector(column, slot, threshold, leaf, 48);
    }
  }
}

/** Splits above at least one split, children first. */
function runJoins<V>(tree: usize, codes: usize, slots: usize): void {
  let join = <usize>load<u32>(tree, at.treeJoins);
  const end = join + <usize>load<u32>(tree, at.treeJoinCount) * at.joinSize;
  for (; join < end; join += at.joinSize) {
    const column = codes + ((<usize>load<u16>(join, at.joinColumn)) << 6);
    const left = slots + <usize>load<u16>(join, at.joinLeft);
    const right = slots + <usize>load<u16>(join, at.joinRight);
    const slot = slots + <usize>load<u16>(join, at.joinSlot);
    const threshold = v128.load8_splat(join, at.joinThreshold);
    joinVector(column, left, right, slot, threshold, 0);
    if (sizeof<V>() > 1) joinVector(column, left, right, slot, threshold, 16);
    if (sizeof<V>() > 2) {
      joinVector(column, left, right, slot, threshold, 32);
      joinVector(column, left, right, slot, threshold, 48);
    }
  }
}

function runNetwork<V>(tree: usize, codes: usize, slots: usize): void {
  runPairs<V>(tree, codes, slots);
  runJoins<V>(tree, codes, slots);
}

/** Leaf numbers of a block, one byte a row, into `leaves`. */
export function findBlockLeaves(tree: usize, codes: usize, slots: usize, leaves: usize, rowCount: i32): void {
  if (rowCount > 32) runNetwork<u32>(tree, codes, slots);
  else if (rowCount > 16) runNetwork<u16>(tree, codes, slots);
  else runNetwork<u8>(tree, codes, slots);
  const root = slots + <usize>load<u32>(tree, at.treeRootSlot);
  v128.store(leaves, v128.load(root));
  v128.store(leaves, v128.load(root, 16), 16);
  v128.store(leaves, v128.load(root, 32), 32);
  v128.store(leaves, v128.load(root, 48), 48);
}

/** Slots of the leaves: each holds its number, sixteen times four. */
export function fillLeafSlots(slots: usize): void {
  for (let leaf: usize = 0; leaf < 256; leaf++)
    for (let offset: usize = 0; offset < 64; offset += 16)
      v128.store(slots + (leaf << 6) + offset, i8x16.splat(<i8>leaf));
}
