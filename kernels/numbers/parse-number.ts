// Reads one number of JSON or of a CSV cell; sixteen digits of a fraction are taken at once.
import { toFloat } from './to-float';

/** Asks JavaScript for the value of a number of more than 19 digits, at [start, end). */
// @ts-ignore: decorator
@external('env', 'parseLong')
declare function parseLong(start: usize, end: usize): f64;

const POWERS_OF_TEN: usize = memory.data<u64>([
  1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000,
  10000000000000, 100000000000000, 1000000000000000, 10000000000000000,
]);

/** The number last read. */
export let numberValue: f64 = 0;
/** Whether it was written without point and exponent. */
export let isInteger: bool = false;
/** Whether any integer beyond 2^53 was read since this was last cleared. */
export let sawBigInteger: bool = false;

export function clearBigInteger(): void {
  sawBigInteger = false;
}

/** Value of the first `count` digits of `digits` (0…9 in each byte). */
// @ts-ignore: decorator
@inline
function valueOfDigits(digits: v128, count: i32): u64 {
  // Shifts the digits to the end of the vector: indices below zero select nothing, which is the digit zero.
  const order = i8x16.sub(i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), i8x16.splat(<i8>(16 - count)));
  const aligned = i8x16.swizzle(digits, order);
  const pairs = i16x8.add(i16x8.mul(v128.and(aligned, i16x8.splat(0xff)), i16x8.splat(10)), i16x8.shr_u(aligned, 8));
  const fours = i32x4.dot_i16x8_s(pairs, i16x8(100, 1, 100, 1, 100, 1, 100, 1));
  const eights = i32x4.dot_i16x8_s(
    i16x8.narrow_i32x4_u(fours, fours),
    i16x8(10000, 1, 10000, 1, 10000, 1, 10000, 1),
  );
  const both = i64x2.extract_lane(eights, 0);
  return (both & 0xffffffff) * 100000000 + (both >> 32);
}

/**
 * Reads the number at `p`; the result is the address behind it, or 0 when it is none or is one that the exact path must judge.
 * `loose` takes what pandas' reader takes beyond JSON: a plus sign, leading zeros, `1.` and `.5`. The value is left in globals.
 */
// @ts-ignore: decorator
@inline
export function parseNumber(p: usize, loose: bool): usize {
  const start = p;
  const negative = load<u8>(p) == 0x2d;
  p += <usize>negative;
  if (loose && !negative && load<u8>(p) == 0x2b) p++;
  const digitsAt = p;
  let mantissa: u64 = 0;
  let digit = <u32>load<u8>(p) - 0x30;
  while (digit <= 9) {
    mantissa = mantissa * 10 + digit;
    digit = <u32>load<u8>(++p) - 0x30;
  }
  const wholeDigits = <i32>(p - digitsAt);
  if (!loose && (wholeDigits == 0 || (wholeDigits > 1 && load<u8>(digitsAt) == 0x30))) return 0;
  const hasPoint = digit == <u32>0xfffffffe;
  let fractionDigits = 0;
  if (hasPoint) {
    p++;
    let count = 16;
    while (count == 16) {
      const digits = i8x16.sub(v128.load(p), i8x16.splat(0x30));
      count = ctz(i8x16.bitmask(i8x16.gt_u(digits, i8x16.splat(9))) | 0x10000);
      mantissa = mantissa * load<u64>(POWERS_OF_TEN + (<usize>count << 3)) + valueOfDigits(digits, count);
      p += count;
      fractionDigits += count;
    }
    if (!loose && fractionDigits == 0) return 0;
    digit = <u32>load<u8>(p) - 0x30;
  }
  if (loose && wholeDigits + fractionDigits == 0) return 0;
  let exponent = -fractionDigits;
  isInteger = !hasPoint;
  if ((digit | 0x20) == 0x35) {
    isInteger = false;
    p = parseExponent(p + 1);
    if (p == 0) return 0;
    exponent += exponentValue;
  } else if (!hasPoint) return finishInteger(p, mantissa, negative, wholeDigits, loose);
  if (wholeDigits + fractionDigits > 19 && significantDigits(digitsAt) > 19) {
    numberValue = parseLong(start, p);
    return p;
  }
  const magnitude = toFloat(mantissa, exponent);
  numberValue = negative ? -magnitude : magnitude;
  return p;
}

let exponentValue: i32 = 0;

/** Reads what follows the `e`; 0 when there is no digit. */
function parseExponent(p: usize): usize {
  const sign = load<u8>(p);
  if (sign == 0x2d || sign == 0x2b) p++;
  const digitsAt = p;
  let value = 0;
  let digit = <u32>load<u8>(p) - 0x30;
  while (digit <= 9) {
    // Far beyond every double, and far from overflow however many digits follow.
    if (value < 100000000) value = value * 10 + digit;
    digit = <u32>load<u8>(++p) - 0x30;
  }
  exponentValue = sign == 0x2d ? -value : value;
  return p == digitsAt ? 0 : p;
}

/** Python's int 0 has no sign; pandas' depends on the rest of the column, so a loose `-0` is left to the exact path. */
function finishInteger(p: usize, mantissa: u64, negative: bool, digits: i32, loose: bool): usize {
  if (digits > 19) return 0;
  const magnitude = <f64>mantissa;
  if (mantissa > 0x20000000000000) {
    if (loose) return 0;
    sawBigInteger = true;
  }
  if (loose && negative && mantissa == 0) return 0;
  numberValue = negative && mantissa != 0 ? -magnitude : magnitude;
  return p;
}

/** Digits of the number at `p` without its leading zeros. */
function significantDigits(p: usize): i32 {
  let count = 0;
  while (true) {
    const character = <u32>load<u8>(p++);
    if (character == 0x2e) continue;
    if (character - 0x30 > 9) return count;
    if (count > 0 || character != 0x30) count++;
  }
}
