/**
 * Numbers of JSON as CatBoost's reader understands them. It rounds several times on the way, so that some decimals come
 * out one ulp beside the nearest double. Source: RapidJSON 1.1 reader.h `ParseNumber`, strtod.h `StrtodNormalPrecision`
 * (without kParseFullPrecisionFlag), as CatBoost 1.2 library/cpp/json uses it.
 */

import { notNative } from './model-error.ts';

const pattern = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
const mostInteger = 2n ** 64n - 1n;
const mostNegative = 2n ** 63n;
/** Significands below it take another digit as integers. */
const exactSignificand = 2n ** 53n - 1n;
const significantDigits = 17;

/** A significand and the power of ten that it lacks. */
interface Significand {
  readonly value: number;
  readonly exponent: number;
}

/** The number; undefined where CatBoost refuses the text. */
export function parseJsonNumber(text: string): number | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '0', fraction, power] = match;
  const isNegative = sign === '-';
  if (fraction === undefined && power === undefined) {
    const integer = wholeNumber(whole, isNegative);
    // An integer has no negative zero.
    return isNegative && integer !== 0 ? -integer : integer;
  }
  const { value, exponent } = readDigits(whole, fraction ?? '', isNegative);
  const result = scaleByTen(value, exponent + Number(power ?? 0));
  if (!Number.isFinite(result)) return undefined;
  return isNegative ? -result : result;
}

/** An integer of 64 bits, or the sum of its digits from left to right. */
function wholeNumber(digits: string, isNegative: boolean): number {
  const most = isNegative ? mostNegative : mostInteger;
  const integer = BigInt(digits);
  return integer <= most ? Number(integer) : addDigits(digits, most);
}

function addDigits(digits: string, most: bigint): number {
  let length = digits.length;
  while (BigInt(digits.slice(0, length)) > most) length -= 1;
  let value = Number(BigInt(digits.slice(0, length)));
  for (const digit of digits.slice(length)) value = value * 10 + Number(digit);
  return value;
}

function readDigits(whole: string, fraction: string, isNegative: boolean): Significand {
  const most = isNegative ? mostNegative : mostInteger;
  if (BigInt(whole) > most) {
    // So long a whole part has all digits that count.
    return { value: addDigits(whole, most), exponent: 0 };
  }
  let integer = BigInt(whole);
  // The first digit is not counted, and neither is a zero.
  let counted = whole.length - 1;
  let taken = 0;
  while (taken < fraction.length && integer <= exactSignificand) {
    integer = integer * 10n + BigInt(fraction[taken] as string);
    taken += 1;
    if (integer !== 0n) counted += 1;
  }
  let value = Number(integer);
  let exponent = -taken;
  for (; taken < fraction.length && counted < significantDigits; taken += 1) {
    value = value * 10 + Number(fraction[taken]);
    exponent -= 1;
    if (value > 0) counted += 1;
  }
  return { value, exponent };
}

function scaleByTen(value: number, exponent: number): number {
  if (exponent < -308) return multiplied(multiplied(value, -308), exponent + 308);
  return multiplied(value, exponent);
}

function multiplied(value: number, exponent: number): number {
  if (exponent < -308) return 0;
  if (exponent > 308) return value === 0 ? 0 : Infinity;
  const power = Number(`1e${Math.abs(exponent)}`);
  return exponent < 0 ? value / power : value * power;
}

/**
 * A leaf value. CatBoost takes an integer beyond 2^53 for 0, but not the same number with a point or an exponent.
 * @throws MODEL_NOT_NATIVE for such a number, however it is written
 */
export function checkLeaf(value: number): number {
  if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value;
  throw notNative(`its JSON file has the leaf value ${value}, which CatBoost may read as 0`);
}
