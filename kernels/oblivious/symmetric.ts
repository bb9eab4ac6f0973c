// Trees with one split per level: the bits of all splits are the number of the leaf. Leaves are added tree by tree in
// the order of the file, so that sums come out as if one row were scored at a time.
import * as at from './layout';

/** Deepest tree whose leaf numbers fit a byte. */
const byteDepth: u32 = 8;

@inline
function isTrue(split: usize, bins: v128, limit: v128): v128 {
  return load<u8>(split, at.splitEqual) ? i8x16.eq(bins, limit) : i8x16.gt_s(bins, limit);
}

@inline
function doubled(value: v128): v128 {
  return i8x16.add(value, value);
}

/** Leaf numbers of 64 rows, one byte each. */
function findLeaves64(split: usize, end: usize, bins: usize, leaves: usize): void {
  let a = i8x16.splat(0), b = a, c = a, d = a;
  for (; split < end; split += at.splitSize) {
    const column = bins + <usize>load<u32>(split, at.splitOffset);
    const limit = v128.load_splat<i8>(split, at.splitBin);
    if (load<u8>(split, at.splitEqual)) {
      a = i8x16.sub(doubled(a), i8x16.eq(v128.load(column), limit));
      b = i8x16.sub(doubled(b), i8x16.eq(v128.load(column, 16), limit));
      c = i8x16.sub(doubled(c), i8x16.eq(v128.load(column, 32), limit));
      d = i8x16.sub(doubled(d), i8x16.eq(v128.load(column, 48), limit));
    } else {
      a = i8x16.sub(doubled(a), i8x16.gt_s(v128.load(column), limit));
      b = i8x16.sub(doubled(b), i8x16.gt_s(v128.load(column, 16), limit));
      c = i8x16.sub(doubled(c), i8x16.gt_s(v128.load(column, 32), limit));
      d = i8x16.sub(doubled(d), i8x16.gt_s(v128.load(column, 48), limit));
    }
  }
  v128.store(leaves, a);
  v128.store(leaves, b, 16);
  v128.store(leaves, c, 32);
  v128.store(leaves, d, 48);
}

function findLeaves16(split: usize, end: usize, bins: usize, leaves: usize): void {
  let a = i8x16.splat(0);
  for (; split < end; split += at.splitSize) {
    const values = v128.load(bins + <usize>load<u32>(split, at.splitOffset));
    a = i8x16.sub(doubled(a), isTrue(split, values, v128.load_splat<i8>(split, at.splitBin)));
  }
  v128.store(leaves, a);
}

function findLeaves(split: usize, end: usize, bins: usize, rowCount: usize, leaves: usize): void {
  if (rowCount <= 16) return findLeaves16(split, end, bins, leaves);
  for (let row: usize = 0; row < rowCount; row += 64) findLeaves64(split, end, bins + row, leaves + row);
}

@inline
function plusFour(sum: f64, a: usize, b: usize, c: usize, d: usize, leaves: usize, row: usize): f64 {
  sum += load<f64>(a + (<usize>load<u8>(leaves + row) << 3));
  sum += load<f64>(b + (<usize>load<u8>(leaves + row, at.blockRows) << 3));
  sum += load<f64>(c + (<usize>load<u8>(leaves + row, 2 * at.blockRows) << 3));
  return sum + load<f64>(d + (<usize>load<u8>(leaves + row, 3 * at.blockRows) << 3));
}

/** Four trees at a time, so that a sum is loaded and stored once for four leaves. */
function addFour(tree: usize, leaves: usize, rowCount: usize, sums: usize): void {
  const a = <usize>load<u32>(tree, at.treeLeaves);
  const b = <usize>load<u32>(tree + at.treeSize, at.treeLeaves);
  const c = <usize>load<u32>(tree + 2 * at.treeSize, at.treeLeaves);
  const d = <usize>load<u32>(tree + 3 * at.treeSize, at.treeLeaves);
  const end = leaves + rowCount;
  for (const last = end - 3; leaves < last; leaves += 4, sums += 32) {
    store<f64>(sums, plusFour(load<f64>(sums), a, b, c, d, leaves, 0));
    store<f64>(sums, plusFour(load<f64>(sums, 8), a, b, c, d, leaves, 1), 8);
    store<f64>(sums, plusFour(load<f64>(sums, 16), a, b, c, d, leaves, 2), 16);
    store<f64>(sums, plusFour(load<f64>(sums, 24), a, b, c, d, leaves, 3), 24);
  }
  for (; leaves < end; leaves++, sums += 8)
    store<f64>(sums, plusFour(load<f64>(sums), a, b, c, d, leaves, 0));
}

@inline
function addNumbers(tree: usize, outputCount: usize, number: usize, sums: usize): void {
  let leaf = <usize>load<u32>(tree, at.treeLeaves) + ((number * outputCount) << 3);
  for (const end = sums + (outputCount << 3); sums < end; sums += 8, leaf += 8)
    store<f64>(sums, load<f64>(sums) + load<f64>(leaf));
}

/** A tree of any depth and any number of outputs: up to two bytes of leaf number. */
function addAny(tree: usize, bins: usize, rowCount: usize, leaves: usize, outputCount: usize, sums: usize): void {
  const splits = <usize>load<u32>(tree, at.treeSplits);
  const depth = load<u32>(tree, at.treeDepth);
  const middle = splits + (depth > byteDepth ? <usize>(depth - byteDepth) * at.splitSize : 0);
  const end = splits + <usize>depth * at.splitSize;
  findLeaves(middle, end, bins, rowCount, leaves);
  findLeaves(splits, middle, bins, rowCount, leaves + at.blockRows);
  for (let row: usize = 0; row < rowCount; row++, sums += outputCount << 3) {
    const number = <usize>load<u8>(leaves + row) | (<usize>load<u8>(leaves + row, at.blockRows) << 8);
    addNumbers(tree, outputCount, number, sums);
  }
}

/** First value of the leaf that a row reaches in the tree `offset` rows of numbers on. */
@inline
function leafAt(leaves: usize, offset: usize, first: usize, width: usize): usize {
  return first + <usize>load<u8>(leaves + offset) * width;
}

/** Four trees of several outputs: two outputs at a time, tree by tree. */
function addFourMany(tree: usize, leaves: usize, rowCount: usize, outputCount: usize, sums: usize): void {
  const width = outputCount << 3;
  const first = <usize>load<u32>(tree, at.treeLeaves);
  const second = <usize>load<u32>(tree + at.treeSize, at.treeLeaves);
  const third = <usize>load<u32>(tree + 2 * at.treeSize, at.treeLeaves);
  const fourth = <usize>load<u32>(tree + 3 * at.treeSize, at.treeLeaves);
  for (const last = leaves + rowCount; leaves < last; leaves++) {
    let a = leafAt(leaves, 0, first, width), b = leafAt(leaves, at.blockRows, second, width);
    let c = leafAt(leaves, 2 * at.blockRows, third, width), d = leafAt(leaves, 3 * at.blockRows, fourth, width);
    const end = sums + width;
    for (const pairs = end - 8; sums < pairs; sums += 16, a += 16, b += 16, c += 16, d += 16) {
      let sum = f64x2.add(v128.load(sums), v128.load(a));
      sum = f64x2.add(sum, v128.load(b));
      sum = f64x2.add(sum, v128.load(c));
      v128.store(sums, f64x2.add(sum, v128.load(d)));
    }
    if (sums < end) {
      store<f64>(sums, load<f64>(sums) + load<f64>(a) + load<f64>(b) + load<f64>(c) + load<f64>(d));
      sums += 8;
    }
  }
}

/** True where four trees from `tree` on have at most eight levels each. */
@inline
function areShallow(tree: usize): bool {
  return max(
    max(load<u32>(tree, at.treeDepth), load<u32>(tree + at.treeSize, at.treeDepth)),
    max(load<u32>(tree + 2 * at.treeSize, at.treeDepth), load<u32>(tree + 3 * at.treeSize, at.treeDepth)),
  ) <= byteDepth;
}

/** Adds all trees to the sums of a block. `rowCount` rows count, though whole vectors are computed. */
export function addSymmetricTrees(plan: usize, scratch: usize, rowCount: usize, sums: usize): void {
  const leaves = scratch + <usize>load<u32>(plan, at.planScratchLeaves);
  const outputCount = <usize>load<u32>(plan, at.planOutputCount);
  let tree = <usize>load<u32>(plan, at.planTrees);
  const end = tree + <usize>load<u32>(plan, at.planTreeCount) * at.treeSize;
  while (tree < end) {
    if (tree + 4 * at.treeSize <= end && areShallow(tree)) {
      for (let i: usize = 0; i < 4; i++) {
        const splits = <usize>load<u32>(tree + i * at.treeSize, at.treeSplits);
        const last = splits + <usize>load<u32>(tree + i * at.treeSize, at.treeDepth) * at.splitSize;
        findLeaves(splits, last, scratch, rowCount, leaves + i * at.blockRows);
      }
      if (outputCount == 1) addFour(tree, leaves, rowCount, sums);
      else addFourMany(tree, leaves, rowCount, outputCount, sums);
      tree += 4 * at.treeSize;
    } else {
      addAny(tree, scratch, rowCount, leaves, outputCount, sums);
      tree += at.treeSize;
    }
  }
}
