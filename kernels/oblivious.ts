// Scores rows with an ensemble over binned features, laid out by src/trees/oblivious. The plan is only read; what a
// call writes stands in its scratch.
import { binCategories, binFloats } from './oblivious/bins';
import { cityHash } from './oblivious/city-hash';
import * as at from './oblivious/layout';
import { addRow } from './oblivious/single-row';
import { computeStatistics } from './oblivious/statistics';
import { addSymmetricTrees } from './oblivious/symmetric';
import { addWalkedTrees } from './oblivious/walked';

/** Low half of CityHash64 of the bytes at `text`. */
export function hashText(text: usize, length: usize): u32 {
  return <u32>cityHash(text, length);
}

function binSources(
  plan: usize, scratch: usize, first: u32, end: u32, floats: usize, categories: usize, stride: usize, rowCount: usize,
): void {
  const columns = scratch + <usize>load<u32>(plan, at.planScratchColumns);
  let source = <usize>load<u32>(plan, at.planSources) + <usize>first * at.sourceSize;
  let bins = scratch + <usize>first * at.blockRows;
  for (let i = first; i < end; i++, source += at.sourceSize, bins += at.blockRows) {
    const kind = load<u32>(source, at.sourceKind);
    const column = <usize>load<u32>(source, at.sourceColumn);
    if (kind == at.sourceFloat) binFloats(source, floats + column * stride, rowCount, bins);
    else if (kind == at.sourceOneHot) binCategories(source, categories + column * stride, rowCount, bins);
    else binFloats(source, columns + ((column * at.blockRows) << 2), rowCount, bins);
  }
}

/**
 * Sums of `rowCount` rows into `out`, row by row. `floats` and `categories` are columns of 4-byte values, `stride` bytes
 * apart, with room for whole vectors of sixteen rows.
 */
export function predict(
  plan: usize, scratch: usize, floats: usize, categories: usize, stride: usize, rowCount: usize, out: usize,
): void {
  const plain = load<u32>(plan, at.planPlainSourceCount);
  const all = load<u32>(plan, at.planSourceCount);
  const width = <usize>load<u32>(plan, at.planOutputCount) << 3;
  const isRow = rowCount == 1 && load<u32>(plan, at.planRowGroups) != 0;
  memory.fill(out, 0, rowCount * width);
  while (rowCount > 0) {
    const taken = min(rowCount, at.blockRows);
    // Bins of a single row are computed in vectors too; of the others none is looked at.
    const whole = isRow ? 1 : (taken + 15) & ~15;
    binSources(plan, scratch, 0, plain, floats, categories, stride, whole);
    if (plain < all) {
      computeStatistics(plan, scratch, categories, stride, whole);
      binSources(plan, scratch, plain, all, floats, categories, stride, whole);
    }
    if (isRow) addRow(plan, scratch, out);
    else if (load<u32>(plan, at.planKind) == at.kindSymmetric) addSymmetricTrees(plan, scratch, taken, out);
    else addWalkedTrees(plan, scratch, taken, out);
    floats += taken << 2;
    categories += taken << 2;
    out += taken * width;
    rowCount -= taken;
  }
}
