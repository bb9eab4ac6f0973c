// Doubles → text as Python's json.dumps writes them: the shortest digits that read back as the same double, the closest of
// those. Source of the method: R. Giulietti, "The Schubfach way to render doubles" (2020), after A. Bolz's C++ version (Drachennest).
import { POWERS, SMALLEST_POWER } from './layout';
import { multiplyWide, productLow } from './wide-multiply';

const POWERS_OF_TEN: usize = memory.data<u64>([
  1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000,
  10000000000000, 100000000000000, 1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000,
]);

/** Seventeen digits of the number in work, with room for wide reads behind them. */
const DIGITS: usize = memory.data(48, 16);

let shortestDigits: u64 = 0;
let shortestExponent: i32 = 0;

// @ts-ignore: decorator
@inline
function roundToOdd(high: u64, low: u64, factor: u64): u64 {
  const carry = multiplyWide(low, factor);
  const top = multiplyWide(high, factor);
  const sum = productLow + carry;
  return (top + <u64>(sum < carry)) | <u64>(sum > 1);
}

/** Leaves the shortest decimal of a finite positive double in `shortestDigits` · 10^`shortestExponent`. */
function findShortest(bits: u64): void {
  const fraction = bits & 0xfffffffffffff;
  const biased = <i32>(bits >> 52);
  const c = biased != 0 ? fraction | 0x10000000000000 : fraction;
  const q = biased != 0 ? biased - 1075 : -1074;
  if (q <= 0 && q > -53 && (c & ((<u64>1 << <u64>-q) - 1)) == 0) {
    shortestDigits = c >> <u64>-q;
    shortestExponent = 0;
    return;
  }
  const odd = c & 1;
  const closer = <u64>(fraction == 0 && biased > 1);
  const k = (q * 1262611 - (closer ? 524031 : 0)) >> 22;
  const h = <u64>(q + ((-k * 1741647) >> 19) + 1);
  const power = POWERS + (<usize>(-k - SMALLEST_POWER) << 4);
  const high = load<u64>(power);
  // The table holds the powers rounded down where they are not exact (up for -27…-1); here they must be rounded up.
  const low = load<u64>(power, 8) + <u64>(-k > 55 || -k < -27);
  const lower = roundToOdd(high, low, (4 * c - 2 + closer) << h) + odd;
  const middle = roundToOdd(high, low, (4 * c) << h);
  const upper = roundToOdd(high, low, (4 * c + 2) << h) - odd;
  chooseDecimal(lower, middle, upper, k);
}

// @ts-ignore: decorator
@inline
function chooseDecimal(lower: u64, middle: u64, upper: u64, k: i32): void {
  const s = middle >> 2;
  if (s >= 10) {
    const tens = s / 10;
    const downInside = lower <= 40 * tens;
    const upInside = 40 * tens + 40 <= upper;
    if (downInside != upInside) {
      shortestDigits = tens + <u64>upInside;
      shortestExponent = k + 1;
      return;
    }
  }
  const downInside = lower <= 4 * s;
  const upInside = 4 * s + 4 <= upper;
  const half = 4 * s + 2;
  const roundUp = middle > half || (middle == half && (s & 1) != 0);
  shortestDigits = s + <u64>(downInside != upInside ? upInside : roundUp);
  shortestExponent = k;
}

/** Eight digits as text, the first one lowest. */
// @ts-ignore: decorator
@inline
function digitsOf(value: u64): u64 {
  const fours = value / 10000 | (value % 10000) << 32;
  const hundreds = ((fours * 10486) >> 20) & 0x7f0000007f;
  const pairs = hundreds | (fours - hundreds * 100) << 16;
  const tens = ((pairs * 103) >> 10) & 0xf000f000f000f;
  return tens | (pairs - tens * 10) << 8;
}

/** Writes the digits, filled up to 17, to DIGITS; the result is how many there are without the zeros at the end. */
function spreadDigits(value: u64): i32 {
  const first = value / 10000000000000000;
  const rest = value - first * 10000000000000000;
  const high = digitsOf(rest / 100000000);
  const low = digitsOf(rest % 100000000);
  store<u8>(DIGITS, <u8>first + 0x30);
  store<u64>(DIGITS, high | 0x3030303030303030, 1);
  store<u64>(DIGITS, low | 0x3030303030303030, 9);
  if (low != 0) return 17 - (<i32>clz(low) >> 3);
  return high != 0 ? 9 - (<i32>clz(high) >> 3) : 1;
}

// @ts-ignore: decorator
@inline
function copyDigits(p: usize, from: usize): void {
  v128.store(p, v128.load(from));
  store<u8>(p, load<u8>(from, 16), 16);
}

function decimalLength(value: u64): i32 {
  const guess = ((64 - <i32>clz(value)) * 1233) >> 12;
  return guess + <i32>(value >= load<u64>(POWERS_OF_TEN + (<usize>guess << 3)));
}

function writeText(p: usize, text: u64, length: usize): usize {
  store<u64>(p, text);
  return p + length;
}

/** Writes one double at `p`; the result is the address behind it. Up to 48 bytes behind `p` are touched. */
export function formatFloat(p: usize, value: f64): usize {
  const bits = reinterpret<u64>(value);
  const magnitude = bits & 0x7fffffffffffffff;
  if (magnitude > 0x7ff0000000000000) return writeText(p, 0x4e614e, 3);
  if (<i64>bits < 0) store<u8>(p++, 0x2d);
  if (magnitude == 0) return writeText(p, 0x302e30, 3);
  if (magnitude == 0x7ff0000000000000) return writeText(p, 0x7974696e69666e49, 8);
  findShortest(magnitude);
  const length = decimalLength(shortestDigits);
  const count = spreadDigits(shortestDigits * load<u64>(POWERS_OF_TEN + (<usize>(17 - length) << 3)));
  const exponent = shortestExponent + length - 1;
  if (exponent < -4 || exponent >= 16) return writeScientific(p, count, exponent);
  if (exponent < 0) {
    store<u64>(p, 0x303030302e30);
    p += <usize>(1 - exponent);
    copyDigits(p, DIGITS);
    return p + count;
  }
  copyDigits(p, DIGITS);
  const whole = <usize>(exponent + 1);
  copyDigits(p + whole + 1, DIGITS + whole);
  store<u8>(p + whole, 0x2e);
  return p + max(<usize>count, whole + 1) + 1;
}

function writeScientific(p: usize, count: i32, exponent: i32): usize {
  store<u8>(p, load<u8>(DIGITS));
  if (count > 1) {
    store<u8>(p, 0x2e, 1);
    copyDigits(p + 2, DIGITS + 1);
    p += count;
  }
  store<u8>(p, 0x65, 1);
  store<u8>(p, exponent < 0 ? 0x2d : 0x2b, 2);
  p += 3;
  let rest = exponent < 0 ? -exponent : exponent;
  if (rest >= 100) {
    store<u8>(p++, <u8>(0x30 + rest / 100));
    rest %= 100;
  }
  store<u8>(p, <u8>(0x30 + rest / 10));
  store<u8>(p, <u8>(0x30 + rest % 10), 1);
  return p + 2;
}

/**
 * Writes `count` doubles from `values` to `p`, with `, ` between them; with `rowLength` above 0 as rows `[…], […]` of that many.
 * The result is the address behind the text: at most 28 bytes a double, and 48 bytes more are touched.
 */
export function formatFloats(values: usize, count: i32, rowLength: i32, p: usize): usize {
  let left = rowLength;
  for (let i = 0; i < count; i++) {
    if (i > 0) p = writeText(p, 0x202c, 2);
    if (left == rowLength && rowLength > 0) store<u8>(p++, 0x5b);
    p = formatFloat(p, load<f64>(values + (<usize>i << 3)));
    if (--left == 0) {
      store<u8>(p++, 0x5d);
      left = rowLength;
    }
  }
  return p;
}

/**
 * Writes rows of `width` doubles as objects, each double behind a text of its column: `, {"a": 1.0, "b": 2.0}, {"a": …`. At
 * `texts` stand, column by column, the length of the text (in eight bytes) and the text, filled up to a multiple of eight.
 * The result is the address behind the text; 48 bytes more are touched.
 */
export function formatRecords(values: usize, count: i32, width: i32, texts: usize, p: usize): usize {
  let text = texts;
  let left = width;
  for (let i = 0; i < count; i++) {
    const length = load<u32>(text);
    text += 8;
    for (let at: u32 = 0; at < length; at += 8) store<u64>(p + at, load<u64>(text + at));
    p += length;
    text += (length + 7) & ~7;
    p = formatFloat(p, load<f64>(values + (<usize>i << 3)));
    if (--left == 0) {
      store<u8>(p++, 0x7d);
      left = width;
      text = texts;
    }
  }
  return p;
}
