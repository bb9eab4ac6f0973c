// Symmetric trees of one row: a level of sixteen trees at a time. The bins of the row stand in a few vectors, from which
// each tree takes the one that its split asks for.
import * as at from './layout';

/** Bins of the row: the first of each column. Every number of a source that is none gives 0. */
function gatherBins(plan: usize, scratch: usize, row: usize): void {
  const count = <usize>load<u32>(plan, at.planSourceCount);
  for (let source: usize = 0; source < count; source++)
    store<u8>(row + source, load<u8>(scratch + source * at.blockRows));
}

@inline
function pick(row: usize, vectors: usize, sources: v128): v128 {
  let bins = i8x16.swizzle(v128.load(row), sources);
  for (let vector: usize = 1; vector < vectors; vector++) {
    const shifted = i8x16.sub(sources, i8x16.splat(<i8>(vector << 4)));
    bins = v128.or(bins, i8x16.swizzle(v128.load(row + (vector << 4)), shifted));
  }
  return bins;
}

/** Adds the leaves of all trees to the sum of a row; leaves have one value. */
export function addRow(plan: usize, scratch: usize, sum: usize): void {
  const row = scratch + <usize>load<u32>(plan, at.planScratchLeaves);
  const leaves = row + 2 * at.blockRows;
  const vectors = <usize>load<u32>(plan, at.planRowVectors);
  gatherBins(plan, scratch, row);
  let group = <usize>load<u32>(plan, at.planRowGroups);
  let tree = <usize>load<u32>(plan, at.planTrees);
  const end = tree + <usize>load<u32>(plan, at.planTreeCount) * at.treeSize;
  let total = load<f64>(sum);
  while (tree < end) {
    const last = group + at.groupHeadSize + (<usize>load<u32>(group) << 5);
    let numbers = i8x16.splat(0);
    for (group += at.groupHeadSize; group < last; group += 32) {
      const isTrue = i8x16.gt_s(pick(row, vectors, v128.load(group)), v128.load(group, 16));
      numbers = i8x16.sub(i8x16.add(numbers, numbers), isTrue);
    }
    v128.store(leaves, numbers);
    const count = min(at.groupTrees, (end - tree) / at.treeSize);
    for (let i: usize = 0; i < count; i++, tree += at.treeSize)
      total += load<f64>(<usize>load<u32>(tree, at.treeLeaves) + (<usize>load<u8>(leaves + i) << 3));
  }
  store<f64>(sum, total);
}
