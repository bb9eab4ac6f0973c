// Values → bins: how many borders of a feature lie below the value, minus 128 (signed compares are cheaper). Only the
// order of value and border matters, so every split compares bytes from then on.
import * as at from './layout';

/** Fewest borders for which a search beats comparing with all of them. */
const fewestSearched: u32 = 40;

@inline
function countVector(values: usize, list: usize, end: usize): v128 {
  let a = i32x4.splat(0), b = i32x4.splat(0), c = i32x4.splat(0), d = i32x4.splat(0);
  const v = v128.load(values), w = v128.load(values, 16), x = v128.load(values, 32), y = v128.load(values, 48);
  for (let border = list; border < end; border += 4) {
    const limit = v128.load_splat<f32>(border);
    a = i32x4.sub(a, f32x4.gt(v, limit));
    b = i32x4.sub(b, f32x4.gt(w, limit));
    c = i32x4.sub(c, f32x4.gt(x, limit));
    d = i32x4.sub(d, f32x4.gt(y, limit));
  }
  return i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
}

function compareAll(source: usize, values: usize, rowCount: usize, bins: usize): void {
  const list = <usize>load<u32>(source, at.sourceList);
  const end = list + (<usize>load<u32>(source, at.sourceLength) << 2);
  for (let row: usize = 0; row < rowCount; row += 16)
    v128.store(bins + row, v128.xor(countVector(values + (row << 2), list, end), i8x16.splat(-128)));
}

// The list is filled up with infinity to a power of two minus one, so that every search takes the same steps. Eight
// searches run in step, so that eight loads are in flight.
function search(source: usize, values: usize, rowCount: usize, bins: usize): void {
  const list = <usize>load<u32>(source, at.sourceList);
  const half0 = <usize>load<u32>(source, at.sourceHalf) << 2;
  for (let row: usize = 0; row < rowCount; row += 8, values += 32) {
    const v = load<f32>(values), w = load<f32>(values, 4), x = load<f32>(values, 8), y = load<f32>(values, 12);
    const v2 = load<f32>(values, 16), w2 = load<f32>(values, 20), x2 = load<f32>(values, 24), y2 = load<f32>(values, 28);
    let a: usize = 0, b: usize = 0, c: usize = 0, d: usize = 0, a2: usize = 0, b2: usize = 0, c2: usize = 0, d2: usize = 0;
    for (let half = half0; half > 2; half >>= 1) {
      const middle = list + half - 4;
      a += <usize>i32(load<f32>(middle + a) < v) * half;
      b += <usize>i32(load<f32>(middle + b) < w) * half;
      c += <usize>i32(load<f32>(middle + c) < x) * half;
      d += <usize>i32(load<f32>(middle + d) < y) * half;
      a2 += <usize>i32(load<f32>(middle + a2) < v2) * half;
      b2 += <usize>i32(load<f32>(middle + b2) < w2) * half;
      c2 += <usize>i32(load<f32>(middle + c2) < x2) * half;
      d2 += <usize>i32(load<f32>(middle + d2) < y2) * half;
    }
    store<u32>(bins + row, <u32>((a >> 2) | (b << 6) | (c << 14) | (d << 22)) ^ 0x80808080);
    store<u32>(bins + row, <u32>((a2 >> 2) | (b2 << 6) | (c2 << 14) | (d2 << 22)) ^ 0x80808080, 4);
  }
}

/** A float of this size holds an integer in its low bits. */
const rounder: f32 = 8388608;

@inline
function isBelow(border: usize, value: f32): u32 {
  return u32(load<f32>(border) < value);
}

// A grid of equal cells, which grows with the value, tells how many borders lie below the value's cell; only those in
// the cell itself are compared. A missing value falls into cell 0 and is above nothing.
function lookUp(source: usize, values: usize, rowCount: usize, bins: usize): void {
  const list = <usize>load<u32>(source, at.sourceList);
  const grid = <usize>load<u32>(source, at.sourceGrid);
  const steps = <usize>load<u32>(source, at.sourceGridSteps) << 2;
  const start = v128.load_splat<f32>(source, at.sourceGridStart);
  const scale = v128.load_splat<f32>(source, at.sourceGridScale);
  const last = f32x4.splat(at.gridCells - 1);
  for (let row: usize = 0; row < rowCount; row += 4) {
    const value = v128.load(values + (row << 2));
    const place = f32x4.pmax(f32x4.splat(0), f32x4.mul(f32x4.sub(value, start), scale));
    const cells = v128.xor(f32x4.add(f32x4.pmin(last, place), f32x4.splat(rounder)), f32x4.splat(rounder));
    let a = <u32>load<u8>(grid + <usize>i32x4.extract_lane(cells, 0));
    let b = <u32>load<u8>(grid + <usize>i32x4.extract_lane(cells, 1));
    let c = <u32>load<u8>(grid + <usize>i32x4.extract_lane(cells, 2));
    let d = <u32>load<u8>(grid + <usize>i32x4.extract_lane(cells, 3));
    const v = f32x4.extract_lane(value, 0), w = f32x4.extract_lane(value, 1);
    const x = f32x4.extract_lane(value, 2), y = f32x4.extract_lane(value, 3);
    const p = list + (<usize>a << 2), q = list + (<usize>b << 2), r = list + (<usize>c << 2), s = list + (<usize>d << 2);
    for (let step: usize = 0; step < steps; step += 4) {
      a += isBelow(p + step, v);
      b += isBelow(q + step, w);
      c += isBelow(r + step, x);
      d += isBelow(s + step, y);
    }
    store<u32>(bins + row, (a | (b << 8) | (c << 16) | (d << 24)) ^ 0x80808080);
  }
}

/** Missing values stand above all finite borders: the number of borders below infinity is their bin. */
function raiseMissing(source: usize, values: usize, rowCount: usize, bins: usize): void {
  const bin = load<u32>(source, at.sourceMissingHigh) - 1;
  for (let row: usize = 0; row < rowCount; row++) {
    const value = load<f32>(values + (row << 2));
    if (value != value) store<u8>(bins + row, <u8>(bin ^ 0x80));
  }
}

/** Bins of float32 values by the borders of a source. */
export function binFloats(source: usize, values: usize, rowCount: usize, bins: usize): void {
  if (load<u32>(source, at.sourceGrid) != 0) lookUp(source, values, rowCount, bins);
  else if (load<u32>(source, at.sourceLength) < fewestSearched) compareAll(source, values, rowCount, bins);
  else search(source, values, rowCount, bins);
  if (load<u32>(source, at.sourceMissingHigh) != 0) raiseMissing(source, values, rowCount, bins);
}

/** The number of the category among those of a source, from 1; 0 for any other. */
export function binCategories(source: usize, values: usize, rowCount: usize, bins: usize): void {
  const list = <usize>load<u32>(source, at.sourceList);
  const length = <usize>load<u32>(source, at.sourceLength);
  for (let row: usize = 0; row < rowCount; row += 16, values += 64) {
    let found = i8x16.splat(0);
    const v = v128.load(values), w = v128.load(values, 16), x = v128.load(values, 32), y = v128.load(values, 48);
    for (let i: usize = 0; i < length; i++) {
      const category = v128.load_splat<i32>(list + (i << 2));
      const equal = i8x16.narrow_i16x8_s(
        i16x8.narrow_i32x4_s(i32x4.eq(v, category), i32x4.eq(w, category)),
        i16x8.narrow_i32x4_s(i32x4.eq(x, category), i32x4.eq(y, category)),
      );
      found = v128.or(found, v128.and(equal, i8x16.splat(<i8>(i + 1))));
    }
    v128.store(bins + row, v128.xor(found, i8x16.splat(-128)));
  }
}
