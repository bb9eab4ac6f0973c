// Features → codes. Only the order of a value among an ensemble's thresholds matters, so each value becomes its rank
// among them once, and every split compares small integers from then on. Exact: `rank > j` is `!(x < threshold j)`.
import * as at from './layout';

/** LightGBM's kZeroThreshold, the float32 nearest to 1e-35: no value of at most that is told from zero. */
const zeroThreshold: f64 = 1.0000000180025095e-35;

/** Ranks of `rowCount` values and whether they are missing, into the scratch. */
export function rankRows<T>(source: usize, rows: usize, stride: usize, rowCount: i32, scratch: usize): void {
  const kind = load<u32>(source, at.sourceKind);
  const value = rows + <usize>load<u32>(source, at.sourceFeature);
  const list = <usize>load<u32>(source, at.sourceList);
  const length = load<u32>(source, at.sourceLength);
  if (kind == at.kindAtMost) rankAtMost<T>(value, stride, rowCount, list, length, scratch);
  else if (kind == at.kindBelow) rankBelow<T>(value, stride, rowCount, list, length, scratch);
  else if ((kind & at.kindMask) >= at.kindCategory)
    codeCategories<T>(value, stride, rowCount, list, length, load<u32>(source, at.sourceCount), kind, scratch);
  else rankByRule<T>(value, stride, rowCount, list, length, kind, scratch);
}

// The lists are filled up with NaN to a power of two minus one, so that every search takes the same steps.
@inline
function rankAtMostOf<T>(x: T, list: usize, half0: u32): u32 {
  let at0 = list;
  for (let half: usize = half0; half > 0; half >>= 1)
    at0 += <usize>i32(load<T>(at0 + (half - 1) * sizeof<T>()) <= x) * (half * sizeof<T>());
  return <u32>((at0 - list) / sizeof<T>());
}

/** Ranks of four rows from places in a list, in bytes. */
@inline
function storeRanks<T>(ranks: usize, a: usize, b: usize, c: usize, d: usize): void {
  const wide = sizeof<T>() == 8 ? 3 : 2;
  const places = i32x4.replace_lane(i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(<i32>a), 1, <i32>b), 2, <i32>c), 3, <i32>d);
  v128.store(ranks, i32x4.shr_u(places, wide), at.scratchRanks);
}

/** Which of four rows miss the feature. */
@inline
function storeMissing<T>(flags: usize, v: T, w: T, x: T, y: T): void {
  store<u8>(flags, -u8(v != v), at.scratchMissing);
  store<u8>(flags, -u8(w != w), at.scratchMissing + 1);
  store<u8>(flags, -u8(x != x), at.scratchMissing + 2);
  store<u8>(flags, -u8(y != y), at.scratchMissing + 3);
}

function rankAtMost<T>(value: usize, stride: usize, rowCount: i32, list: usize, half0: u32, scratch: usize): void {
  let row: usize = 0;
  // Four searches run in step, so that four loads are in flight.
  for (; row + 3 < <usize>rowCount; row += 4, value += stride << 2) {
    const v = load<T>(value), w = load<T>(value + stride), x = load<T>(value + (stride << 1)), y = load<T>(value + 3 * stride);
    let a: usize = 0, b: usize = 0, c: usize = 0, d: usize = 0;
    for (let half = <usize>half0 * sizeof<T>(); half >= sizeof<T>(); half >>= 1) {
      const middle = list + half - sizeof<T>();
      a += select<usize>(half, 0, load<T>(middle + a) <= v);
      b += select<usize>(half, 0, load<T>(middle + b) <= w);
      c += select<usize>(half, 0, load<T>(middle + c) <= x);
      d += select<usize>(half, 0, load<T>(middle + d) <= y);
    }
    storeRanks<T>(scratch + (row << 2), a, b, c, d);
    storeMissing<T>(scratch + row, v, w, x, y);
  }
  for (; row < <usize>rowCount; row++, value += stride) {
    const x = load<T>(value);
    store<u32>(scratch + (row << 2), rankAtMostOf<T>(x, list, half0), at.scratchRanks);
    store<u8>(scratch + row, -u8(x != x), at.scratchMissing);
  }
}

@inline
function rankOf<T>(x: T, list: usize, half0: u32): u32 {
  let at0 = list;
  for (let half: usize = half0; half > 0; half >>= 1)
    at0 += <usize>i32(load<T>(at0 + (half - 1) * sizeof<T>()) < x) * (half * sizeof<T>());
  return <u32>((at0 - list) / sizeof<T>());
}

function rankBelow<T>(value: usize, stride: usize, rowCount: i32, list: usize, half0: u32, scratch: usize): void {
  let row: usize = 0;
  // Four searches run in step, so that four loads are in flight.
  for (; row + 3 < <usize>rowCount; row += 4, value += stride << 2) {
    const v = load<T>(value), w = load<T>(value + stride), x = load<T>(value + (stride << 1)), y = load<T>(value + 3 * stride);
    let a: usize = 0, b: usize = 0, c: usize = 0, d: usize = 0;
    for (let half = <usize>half0 * sizeof<T>(); half >= sizeof<T>(); half >>= 1) {
      const middle = list + half - sizeof<T>();
      a += select<usize>(half, 0, load<T>(middle + a) < v);
      b += select<usize>(half, 0, load<T>(middle + b) < w);
      c += select<usize>(half, 0, load<T>(middle + c) < x);
      d += select<usize>(half, 0, load<T>(middle + d) < y);
    }
    storeRanks<T>(scratch + (row << 2), a, b, c, d);
    storeMissing<T>(scratch + row, v, w, x, y);
  }
  for (; row < <usize>rowCount; row++, value += stride) {
    const x = load<T>(value);
    store<u32>(scratch + (row << 2), rankOf<T>(x, list, half0), at.scratchRanks);
    store<u8>(scratch + row, -u8(x != x), at.scratchMissing);
  }
}

/** Ranks where something else than NaN alone is missing. */
function rankByRule<T>(
  value: usize, stride: usize, rowCount: i32, list: usize, half0: u32, kind: u32, scratch: usize,
): void {
  const zeroMisses = (kind >> at.missingShift) == at.missingZero;
  const atMost = (kind & at.kindMask) == at.kindAtMost;
  for (let row: usize = 0; row < <usize>rowCount; row++, value += stride) {
    const given = load<T>(value);
    const x: T = given != given ? 0 : given;
    const missing = zeroMisses && abs<f64>(<f64>x) <= zeroThreshold;
    const rank = atMost ? rankAtMostOf<T>(x, list, half0) : rankOf<T>(x, list, half0);
    store<u32>(scratch + (row << 2), rank, at.scratchRanks);
    store<u8>(scratch + row, -u8(missing), at.scratchMissing);
  }
}

/**
 * Codes of categories: the place in the sorted list of `count`, or the next code for any other value, or the one
 * after it for a missing value. The rest of the block gets code 0, which is always valid.
 */
function codeCategories<T>(
  value: usize, stride: usize, rowCount: i32, list: usize, half0: u32, count: u32, kind: u32, scratch: usize,
): void {
  const truncated = (kind & at.kindMask) == at.kindTruncatedCategory;
  for (let row: usize = 0; row < <usize>rowCount; row++, value += stride) {
    const x = load<T>(value);
    let code = count;
    if (x != x) code = count + 1;
    else if (truncated ? <f64>x > -1 && <f64>x < 2147483648 : x >= 0 && <f64>x < 16777216) {
      const category = trunc<T>(x);
      const place = rankOf<T>(category, list, half0);
      if (place < count && load<T>(list + <usize>place * sizeof<T>()) == category) code = place;
    }
    store<u32>(scratch + (row << 2), code, at.scratchRanks);
    store<u8>(scratch + row, 0, at.scratchMissing);
  }
  for (let row = <usize>rowCount; row < <usize>at.blockRows; row++) store<u32>(scratch + (row << 2), 0, at.scratchRanks);
}

@inline
function storeSetVector(codes: usize, members: usize, bit: v128, offset: usize): void {
  const inSet = i8x16.eq(v128.and(v128.load(members + offset), bit), bit);
  v128.store(codes + offset, v128.xor(inSet, i8x16.splat(-128)));
}

/** Columns of one byte a row for sets, eight at a time: a byte of every row's membership holds eight of them. */
function storeSetColumns(source: usize, codes: usize, scratch: usize): void {
  const first = <usize>load<u32>(source, at.sourceBlockFirst);
  const count = <usize>load<u32>(source, at.sourceBlockEnd) - first;
  const width = (count + 7) >> 3;
  const membership = <usize>load<u32>(source, at.sourceMembership);
  let column = codes + first * at.blockRows;
  // The flags of missing values are not used for categories: they make room for a byte of each row.
  const members = scratch + at.scratchMissing;
  for (let byte: usize = 0; byte < width; byte++) {
    for (let row: usize = 0; row < <usize>at.blockRows; row++) {
      const code = <usize>load<u32>(scratch + (row << 2), at.scratchRanks);
      store<u8>(members + row, load<u8>(membership + code * width + byte));
    }
    const end = min(count, (byte + 1) << 3);
    for (let set = byte << 3; set < end; set++, column += at.blockRows) {
      const mask: i32 = 1 << (<i32>set & 7);
      const bit = i8x16.splat(<i8>mask);
      storeSetVector(column, members, bit, 0);
      storeSetVector(column, members, bit, 16);
      storeSetVector(column, members, bit, 32);
      storeSetVector(column, members, bit, 48);
    }
  }
}

/** One byte a row, rows of a block side by side, minus 128 (signed compares are cheaper). */
export function storeBlockColumn(column: usize, codes: usize, scratch: usize): void {
  const offset = i32x4.splat(load<i32>(column, at.columnOffset));
  const right = i8x16.splat(<i8>load<i32>(column, at.columnMissingRight));
  for (let row: usize = 0; row < <usize>at.blockRows; row += 16) {
    const ranks = scratch + (row << 2);
    const low = i16x8.narrow_i32x4_s(
      i32x4.sub(v128.load(ranks, at.scratchRanks), offset),
      i32x4.sub(v128.load(ranks, at.scratchRanks + 16), offset),
    );
    const high = i16x8.narrow_i32x4_s(
      i32x4.sub(v128.load(ranks, at.scratchRanks + 32), offset),
      i32x4.sub(v128.load(ranks, at.scratchRanks + 48), offset),
    );
    const missing = v128.load(scratch + row, at.scratchMissing);
    const known = v128.andnot(i8x16.narrow_i16x8_u(low, high), missing);
    v128.store(codes + row, v128.xor(v128.or(known, v128.and(missing, right)), i8x16.splat(-128)));
  }
}

/** Two bytes a row, columns of a row side by side. */
export function storeWalkColumn(column: usize, codes: usize, stride: usize, rowCount: i32, scratch: usize): void {
  const offset = load<i32>(column, at.columnOffset);
  const right = load<i32>(column, at.columnMissingRight) & 0xffff;
  for (let row: usize = 0; row < <usize>rowCount; row++, codes += stride) {
    const missing = <i32>load<i8>(scratch + row, at.scratchMissing);
    const code = max(0, min(0xffff, load<i32>(scratch + (row << 2), at.scratchRanks) - offset));
    store<u16>(codes, (code & ~missing) | (right & missing));
  }
}

/** Four bytes a row, the code in their upper half; rows of a block side by side. */
function storeBlockWalkColumn(column: usize, codes: usize, scratch: usize): void {
  const offset = i32x4.splat(load<i32>(column, at.columnOffset));
  const right = i32x4.splat(load<i32>(column, at.columnMissingRight) << 16);
  for (let row: usize = 0; row < <usize>at.blockRows; row += 4) {
    const rank = i32x4.sub(v128.load(scratch + (row << 2), at.scratchRanks), offset);
    const code = i32x4.shl(i32x4.min_s(i32x4.max_s(rank, i32x4.splat(0)), i32x4.splat(0xffff)), 16);
    const missing = i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(scratch + row, at.scratchMissing)));
    v128.store(codes + (row << 2), v128.bitselect(right, code, missing));
  }
}

/** All codes of a block of rows that the kinds of segments need; without any, of rows that are walked one by one. */
export function encodeRows<T>(plan: usize, rows: usize, rowCount: i32, scratch: usize, kinds: u32): void {
  const stride = <usize>load<u32>(plan, at.planRowStride);
  const walkStride = <usize>load<u32>(plan, at.planWalkStride);
  const blockColumns = <usize>load<u32>(plan, at.planBlockColumns);
  const walkColumns = <usize>load<u32>(plan, at.planWalkColumns);
  const blockCodes = scratch + <usize>load<u32>(plan, at.planScratchCodes);
  const walkCodes = scratch + <usize>load<u32>(plan, at.planScratchRows);
  let source = <usize>load<u32>(plan, at.planSources);
  const end = source + <usize>load<u32>(plan, at.planSourceCount) * at.sourceSize;
  for (; source < end; source += at.sourceSize) {
    rankRows<T>(source, rows, stride, rowCount, scratch);
    // Columns of walks first: those of sets use the flags of missing values up.
    const last = <usize>load<u32>(source, at.sourceWalkEnd);
    if (kinds == 0) {
      for (let c = <usize>load<u32>(source, at.sourceWalkFirst); c < last; c++)
        storeWalkColumn(walkColumns + c * at.columnSize, walkCodes + (c << 1), walkStride, rowCount, scratch);
    } else if ((kinds >> at.segmentWalk & 1) != 0) {
      for (let c = <usize>load<u32>(source, at.sourceWalkFirst); c < last; c++)
        storeBlockWalkColumn(walkColumns + c * at.columnSize, walkCodes + (c << (at.blockColumnShift + 1)), scratch);
    }
    if ((kinds >> at.segmentNetwork & 1) == 0) continue;
    if ((load<u32>(source, at.sourceKind) & at.kindMask) >= at.kindCategory) storeSetColumns(source, blockCodes, scratch);
    else {
      const last = <usize>load<u32>(source, at.sourceBlockEnd);
      for (let c = <usize>load<u32>(source, at.sourceBlockFirst); c < last; c++)
        storeBlockColumn(blockColumns + c * at.columnSize, blockCodes + c * at.blockRows, scratch);
    }
  }
}
