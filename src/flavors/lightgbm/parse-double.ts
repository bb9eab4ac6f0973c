/** Decimal text → the nearest double, as C's `strtod`: quickly for the 17 digits that model texts are full of. */
import { invalidModelText } from './invalid-model-text.ts';

const minus = 0x2d;
const plus = 0x2b;
const point = 0x2e;
const zero = 0x30;

/** Digits of each of the two halves that a number is gathered in. */
const halfDigits = 9;
/** Powers of ten are held to twice the precision of a double from 10^-mostPower to 10^mostPower. */
const mostPower = 60;
/** 2^27 + 1: splits a double into two halves whose products are exact. */
const splitter = 134_217_729;
/** Relative error that the quick way may have; it is less than 2^-100. */
const doubt = 2 ** -98;

const tens = Float64Array.from({ length: halfDigits + 1 }, (_, power) => 10 ** power);
const powers = makePowers();

/**
 * Reads the number that takes all of the bytes `start` to `end - 1`.
 *
 * @param what where it stands, for the error
 * @throws MODEL_FILE_INVALID where it is no number
 */
export function parseDouble(bytes: Buffer, start: number, end: number, what: string): number {
  let at = start;
  const negative = bytes[at] === minus;
  if (negative) at += 1;
  let high = 0;
  let low = 0;
  let count = 0;
  let power = 0;
  let fraction = 0;
  for (; at < end; at += 1) {
    const digit = (bytes[at] as number) - zero;
    if (digit < 0 || digit > 9) {
      if (bytes[at] !== point || fraction === 1) break;
      fraction = 1;
      continue;
    }
    power -= fraction;
    if (count === 0 && digit === 0) continue;
    if (count < halfDigits) high = high * 10 + digit;
    else low = low * 10 + digit;
    count += 1;
  }
  const mantissaEnd = at;
  if (at < end) {
    power += exponentAt(bytes, at, end);
    at = end;
  }
  // Anything unusual is left to the slow way: no digits, many, far powers, other characters.
  const isUsual = mantissaEnd > start + (negative ? 1 : 0) + fraction && count <= 2 * halfDigits;
  const value =
    isUsual && power >= -mostPower && power <= mostPower
      ? scale(high, low, count, power)
      : Number.NaN;
  if (value === value) return negative ? -value : value;
  return parseSlowly(bytes.toString('latin1', start, end), what);
}

/** Exponent that takes all bytes from the `e` on; NaN where there is something else. */
function exponentAt(bytes: Uint8Array, start: number, end: number): number {
  if (((bytes[start] as number) | 0x20) !== 0x65) return Number.NaN;
  const sign = bytes[start + 1];
  let at = sign === minus || sign === plus ? start + 2 : start + 1;
  if (at === end || end - at > 4) return Number.NaN;
  let exponent = 0;
  for (; at < end; at += 1) {
    const digit = (bytes[at] as number) - zero;
    if (digit < 0 || digit > 9) return Number.NaN;
    exponent = exponent * 10 + digit;
  }
  return sign === minus ? -exponent : exponent;
}

/**
 * The double nearest to (high × 10^n + low) × 10^power, where `low` has n digits; NaN where twice the
 * precision of a double does not tell which one it is.
 */
function scale(high: number, low: number, count: number, power: number): number {
  if (count <= halfDigits && power >= -22 && power <= 22) {
    // Both are exact, so one operation rounds once.
    return power < 0 ? high / (powers[-2 * power] as number) : high * (powers[2 * power] as number);
  }
  const ten = tens[Math.max(count - halfDigits, 0)] as number;
  // `high` × `ten` is less than 2^60: its upper and lower part, both exact.
  const highProduct = high * ten;
  const highError = exactError(high, ten, highProduct);
  const sum = highProduct + low;
  const sumError = low - (sum - highProduct) + highError;
  const mantissa = sum + sumError;
  const mantissaError = sum - mantissa + sumError;
  const index = power < 0 ? -2 * power + 2 * mostPower : 2 * power;
  const factor = powers[index] as number;
  const factorError = powers[index + 1] as number;
  const product = mantissa * factor;
  const error =
    exactError(mantissa, factor, product) + (mantissa * factorError + mantissaError * factor);
  const margin = product * doubt;
  const value = product + (error + margin);
  return value === product + (error - margin) ? value : Number.NaN;
}

/** What a product lost in rounding. */
function exactError(a: number, b: number, product: number): number {
  const scaledA = splitter * a;
  const highA = scaledA - (scaledA - a);
  const lowA = a - highA;
  const scaledB = splitter * b;
  const highB = scaledB - (scaledB - b);
  const lowB = b - highB;
  return highA * highB - product + highA * lowB + lowA * highB + lowA * lowB;
}

/** 10^0, 10^1, … as pairs of a double and what it lacks, then 10^-0, 10^-1, … likewise. */
function makePowers(): Float64Array {
  const table = new Float64Array(4 * mostPower + 4);
  for (let power = 0; power <= mostPower; power += 1) {
    const exact = 10n ** BigInt(power);
    const nearest = Number(exact);
    table.set([nearest, Number(exact - BigInt(nearest))], 2 * power);
    // 1 / exact in units of 2^-400, which tells far more than two doubles hold.
    const inverse = (1n << 400n) / exact;
    const nearestInverse = Number(`1e-${power}`);
    const scaled = BigInt(nearestInverse * 2 ** 300) << 100n;
    if (power > 0) {
      table.set([nearestInverse, Number(inverse - scaled) * 2 ** -400], 2 * power + 2 * mostPower);
    }
  }
  return table;
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** Digits, signs, points and exponents are a number for JavaScript just where they are one for C. */
function parseSlowly(text: string, what: string): number {
  if (decimal.test(text)) return Number(text);
  if (/^[+-]?nan$/i.test(text)) return Number.NaN;
  if (/^[+-]?inf(?:inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  throw invalidModelText(
    `"${what}" holds ${JSON.stringify(text.slice(0, 40))}, which is no number`,
  );
}
