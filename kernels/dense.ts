// Products of float32 matrices, each element the sum of a chain of fused multiply-adds in the order of the features, as
// MLAS computes them with FMA. A fused multiply-add is one of float64, where the product is exact, rounded to float32: that
// rounds twice, which goes wrong only where the first result lies halfway between two float32 and is not exact. The caller
// must see to it that no sum is outside the normal numbers of float32.

/** Bits of a double behind those of a float32, and what they are halfway between two of them. */
const TAIL: v128 = i64x2.splat(0x1fffffff);
const HALFWAY: v128 = i64x2.splat(0x10000000);

/** `sum` + `a` · `b`, not yet rounded to float32. */
// @ts-ignore: decorator
@inline
function fuse(sum: v128, a: v128, b: v128): v128 {
  return f64x2.add(f64x2.mul(a, b), sum);
}

// @ts-ignore: decorator
@inline
function isHalfway(exact: v128): v128 {
  return i64x2.eq(v128.and(exact, TAIL), HALFWAY);
}

// @ts-ignore: decorator
@inline
function anyHalfway(e0: v128, e1: v128, e2: v128, e3: v128): bool {
  return v128.any_true(
    v128.or(v128.or(isHalfway(e0), isHalfway(e1)), v128.or(isHalfway(e2), isHalfway(e3))),
  );
}

/** `fuse` of the same as float32, its last bit changed before where it is halfway and not exact, towards what is exact. */
function settle(sum: v128, a: v128, b: v128, exact: v128): v128 {
  const product = f64x2.mul(a, b);
  const part = f64x2.sub(exact, product);
  const error = f64x2.add(f64x2.sub(product, f64x2.sub(exact, part)), f64x2.sub(sum, part));
  const isWrong = v128.and(isHalfway(exact), f64x2.ne(error, f64x2.splat(0)));
  const direction = v128.or(i64x2.shr_s(v128.xor(error, exact), 63), i64x2.splat(1));
  return rounded(i64x2.add(exact, v128.and(isWrong, direction)));
}

/** As float32, in float64. */
// @ts-ignore: decorator
@inline
function rounded(exact: v128): v128 {
  return f64x2.promote_low_f32x4(f32x4.demote_f64x2_zero(exact));
}

/** The same of a sum that is not halfway, by Veltkamp's splitting: quicker than two conversions. */
// @ts-ignore: decorator
@inline
function shortened(exact: v128): v128 {
  const large = f64x2.mul(exact, f64x2.splat(536870913));
  return f64x2.sub(large, f64x2.sub(large, exact));
}

// @ts-ignore: decorator
@inline
function broadcast(address: usize): v128 {
  return f64x2.splat(<f64>load<f32>(address));
}

/** Whether every one of `count` float32 is zero or between `least` and `most`. Up to seven more must be so, too. */
export function areOrdinary(values: usize, count: i32, least: f32, most: f32): bool {
  const sizes = i32x4.splat(0x7fffffff);
  const one = i32x4.splat(1);
  // Of bits less one: zero becomes the largest of all.
  let lowest = i32x4.splat(-1);
  let highest = i32x4.splat(0);
  for (const end = values + (<usize>count << 2); values < end; values += 32) {
    const left = v128.and(v128.load(values), sizes), right = v128.and(v128.load(values, 16), sizes);
    lowest = i32x4.min_u(lowest, i32x4.min_u(i32x4.sub(left, one), i32x4.sub(right, one)));
    highest = i32x4.max_s(highest, i32x4.max_s(left, right));
  }
  const isSmall = i32x4.lt_u(lowest, i32x4.splat(reinterpret<i32>(least) - 1));
  const isLarge = i32x4.gt_s(highest, i32x4.splat(reinterpret<i32>(most)));
  return !v128.any_true(v128.or(isSmall, isLarge));
}

/**
 * Products of `rows` rows of `depth` float32 at `a` with a matrix at `weights`: for each pair of columns `depth` pairs of
 * float64. `bias` is added at the end: a float64 for each column, filled up to pairs. The result at `out` is [rows × width]
 * float32. Behind the last row four bytes more may be read.
 */
export function multiply(
  a: usize, rows: i32, depth: i32, weights: usize, bias: usize, out: usize, width: i32,
): void {
  if (width == 1) multiplyColumn(a, rows, depth, weights, load<f64>(bias), out);
  else multiplyPairs(a, rows, depth, weights, bias, out, width);
}

function multiplyPairs(
  a: usize, rows: i32, depth: i32, weights: usize, bias: usize, out: usize, width: i32,
): void {
  const stride = <usize>depth << 4;
  let column = 0;
  for (; column + 6 < width; column += 8) {
    multiplyFourPairs(a, rows, depth, weights, bias, out, width, column);
    weights += 4 * stride;
  }
  for (; column < width; column += 2) {
    multiplyPair(a, rows, depth, weights, bias, out, width, column);
    weights += stride;
  }
}

/** Eight columns of one row after another. */
function multiplyFourPairs(
  a: usize, rows: i32, depth: i32, weights: usize, bias: usize, out: usize, width: i32, column: i32,
): void {
  const stride = <usize>depth << 4;
  const rowBytes = <usize>depth << 2;
  for (let row = 0; row < rows; row++) {
    let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
    for (let k: usize = 0; k < rowBytes; k += 4) {
      const x = broadcast(a + k);
      const at = weights + (k << 2);
      const w0 = v128.load(at), w1 = v128.load(at + stride);
      const w2 = v128.load(at + 2 * stride), w3 = v128.load(at + 3 * stride);
      const e0 = fuse(s0, x, w0), e1 = fuse(s1, x, w1), e2 = fuse(s2, x, w2), e3 = fuse(s3, x, w3);
      if (anyHalfway(e0, e1, e2, e3)) {
        s0 = settle(s0, x, w0, e0);
        s1 = settle(s1, x, w1, e1);
        s2 = settle(s2, x, w2, e2);
        s3 = settle(s3, x, w3, e3);
      } else {
        s0 = shortened(e0);
        s1 = shortened(e1);
        s2 = shortened(e2);
        s3 = shortened(e3);
      }
    }
    storePair(s0, bias, out, column, width);
    storePair(s1, bias, out, column + 2, width);
    storePair(s2, bias, out, column + 4, width);
    storePair(s3, bias, out, column + 6, width);
    a += rowBytes;
    out += <usize>width << 2;
  }
}

/** Two columns of four rows at once. */
function multiplyPair(
  a: usize, rows: i32, depth: i32, weights: usize, bias: usize, out: usize, width: i32, column: i32,
): void {
  const rowBytes = <usize>depth << 2;
  const outBytes = <usize>width << 2;
  let row = 0;
  for (; row + 3 < rows; row += 4) {
    let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
    for (let k: usize = 0; k < rowBytes; k += 4) {
      const w = v128.load(weights + (k << 2));
      const at = a + k;
      const x0 = broadcast(at), x1 = broadcast(at + rowBytes);
      const x2 = broadcast(at + 2 * rowBytes), x3 = broadcast(at + 3 * rowBytes);
      const e0 = fuse(s0, x0, w), e1 = fuse(s1, x1, w), e2 = fuse(s2, x2, w), e3 = fuse(s3, x3, w);
      if (anyHalfway(e0, e1, e2, e3)) {
        s0 = settle(s0, x0, w, e0);
        s1 = settle(s1, x1, w, e1);
        s2 = settle(s2, x2, w, e2);
        s3 = settle(s3, x3, w, e3);
      } else {
        s0 = shortened(e0);
        s1 = shortened(e1);
        s2 = shortened(e2);
        s3 = shortened(e3);
      }
    }
    storePair(s0, bias, out, column, width);
    storePair(s1, bias, out + outBytes, column, width);
    storePair(s2, bias, out + 2 * outBytes, column, width);
    storePair(s3, bias, out + 3 * outBytes, column, width);
    a += rowBytes << 2;
    out += outBytes << 2;
  }
  for (; row < rows; row++) {
    let sum = f64x2.splat(0);
    for (let k: usize = 0; k < rowBytes; k += 4) {
      const x = broadcast(a + k), w = v128.load(weights + (k << 2));
      const exact = fuse(sum, x, w);
      sum = v128.any_true(isHalfway(exact)) ? settle(sum, x, w, exact) : shortened(exact);
    }
    storePair(sum, bias, out, column, width);
    a += rowBytes;
    out += outBytes;
  }
}

// @ts-ignore: decorator
@inline
function storePair(sum: v128, bias: usize, out: usize, column: i32, width: i32): void {
  const total = f32x4.demote_f64x2_zero(f64x2.add(sum, v128.load(bias + (<usize>column << 3))));
  const at = out + (<usize>column << 2);
  if (column + 1 < width) v128.store64_lane(at, total, 0);
  else v128.store32_lane(at, total, 0);
}

// @ts-ignore: decorator
@inline
function loadRows(a: usize, rowBytes: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load32_lane(a + rowBytes, v128.load32_zero(a), 1));
}

/** One column: pairs of rows, eight rows at once. */
function multiplyColumn(a: usize, rows: i32, depth: i32, weights: usize, bias: f64, out: usize): void {
  const rowBytes = <usize>depth << 2;
  const pairBytes = rowBytes << 1;
  const biases = f64x2.splat(bias);
  let row = 0;
  for (; row + 7 < rows; row += 8) {
    let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
    for (let k: usize = 0; k < rowBytes; k += 4) {
      const w = v128.load64_splat(weights + (k << 2));
      const at = a + k;
      const x0 = loadRows(at, rowBytes), x1 = loadRows(at + pairBytes, rowBytes);
      const x2 = loadRows(at + 2 * pairBytes, rowBytes), x3 = loadRows(at + 3 * pairBytes, rowBytes);
      const e0 = fuse(s0, x0, w), e1 = fuse(s1, x1, w), e2 = fuse(s2, x2, w), e3 = fuse(s3, x3, w);
      if (anyHalfway(e0, e1, e2, e3)) {
        s0 = settle(s0, x0, w, e0);
        s1 = settle(s1, x1, w, e1);
        s2 = settle(s2, x2, w, e2);
        s3 = settle(s3, x3, w, e3);
      } else {
        s0 = shortened(e0);
        s1 = shortened(e1);
        s2 = shortened(e2);
        s3 = shortened(e3);
      }
    }
    v128.store64_lane(out, f32x4.demote_f64x2_zero(f64x2.add(s0, biases)), 0);
    v128.store64_lane(out + 8, f32x4.demote_f64x2_zero(f64x2.add(s1, biases)), 0);
    v128.store64_lane(out + 16, f32x4.demote_f64x2_zero(f64x2.add(s2, biases)), 0);
    v128.store64_lane(out + 24, f32x4.demote_f64x2_zero(f64x2.add(s3, biases)), 0);
    a += rowBytes << 3;
    out += 32;
  }
  for (; row < rows; row++) {
    let sum = f64x2.splat(0);
    for (let k: usize = 0; k < rowBytes; k += 4) {
      const x = broadcast(a + k), w = v128.load64_splat(weights + (k << 2));
      const exact = fuse(sum, x, w);
      sum = v128.any_true(isHalfway(exact)) ? settle(sum, x, w, exact) : shortened(exact);
    }
    v128.store32_lane(out, f32x4.demote_f64x2_zero(f64x2.add(sum, biases)), 0);
    a += rowBytes;
    out += 4;
  }
}
