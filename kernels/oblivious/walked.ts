// Trees whose branches split differently: each row walks from the root, four rows in step; a leaf is its own child.
import * as at from './layout';

@inline
function step(node: usize, bins: usize): usize {
  const bin = load<u8>(bins + <usize>load<u16>(node, at.nodeColumn) * at.blockRows) ^ load<u8>(node, at.nodeFlip);
  return <usize>load<u32>(node + (<usize>i32(bin >= load<u8>(node, at.nodeBin)) << 2), at.nodeLeft);
}

@inline
function addLeaf(node: usize, outputCount: usize, sums: usize): void {
  let leaf = <usize>load<u32>(node, at.nodeLeaves);
  for (const end = sums + (outputCount << 3); sums < end; sums += 8, leaf += 8)
    store<f64>(sums, load<f64>(sums) + load<f64>(leaf));
}

/** Adds all trees to the sums of a block. */
export function addWalkedTrees(plan: usize, bins: usize, rowCount: usize, sums: usize): void {
  const outputCount = <usize>load<u32>(plan, at.planOutputCount);
  const width = outputCount << 3;
  const trees = <usize>load<u32>(plan, at.planTrees);
  const end = trees + (<usize>load<u32>(plan, at.planTreeCount) << 2);
  for (let tree = trees; tree < end; tree += 4) {
    const root = <usize>load<u32>(tree);
    let sum = sums;
    let row: usize = 0;
    for (; row + 4 <= rowCount; row += 4, sum += 4 * width) {
      const rows = bins + row;
      let a = root, b = root, c = root, d = root, before: usize;
      do {
        before = a + b + c + d;
        a = step(a, rows); b = step(b, rows + 1); c = step(c, rows + 2); d = step(d, rows + 3);
      } while (a + b + c + d != before);
      addLeaf(a, outputCount, sum);
      addLeaf(b, outputCount, sum + width);
      addLeaf(c, outputCount, sum + 2 * width);
      addLeaf(d, outputCount, sum + 3 * width);
    }
    for (; row < rowCount; row++, sum += width) {
      let node = root, before: usize;
      do {
        before = node;
        node = step(node, bins + row);
      } while (node != before);
      addLeaf(node, outputCount, sum);
    }
  }
}
