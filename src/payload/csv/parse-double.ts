/** Floats as pandas' parser reads them, correctly rounded. Source: pandas 3.1 tokenizer.c and _try_double. */
import { isSpace } from './parse-integer.ts';
import { decodeCell } from './token-table.ts';

/** Powers of ten that a double holds exactly. */
const exactPowers: readonly number[] = Array.from({ length: 23 }, (_, exponent) =>
  Number(`1e${exponent}`),
);

/**
 * Reads `[spaces][sign]digits[.digits][e[sign]digits][spaces]` or a spelling of infinity.
 * A mantissa below 2^53 with at most 22 decimals is exact by one division (Clinger's fast path).
 *
 * @returns NaN when the cell is no number
 */
export function parseDouble(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isSpace(bytes[at]!)) at++;
  const from = at;
  const negative = bytes[at] === 45;
  if (at < end && (negative || bytes[at] === 43)) at++;
  let mantissa = 0;
  const integerAt = at;
  for (; at < end && isDigit(bytes[at]!); at++) mantissa = mantissa * 10 + (bytes[at]! - 48);
  let digits = at - integerAt;
  let decimals = 0;
  if (at < end && bytes[at] === 46) {
    const decimalsAt = ++at;
    for (; at < end && isDigit(bytes[at]!); at++) mantissa = mantissa * 10 + (bytes[at]! - 48);
    decimals = at - decimalsAt;
    digits += decimals;
  }
  if (digits === 0) return parseInfinity(bytes, start, end);
  const mantissaEnd = at;
  at = skipExponent(bytes, at, end);
  const numberEnd = at;
  while (at < end && isSpace(bytes[at]!)) at++;
  if (at < end) return NaN;
  if (numberEnd === mantissaEnd && mantissa <= Number.MAX_SAFE_INTEGER && decimals <= 22) {
    const value = mantissa / exactPowers[decimals]!;
    return negative ? -value : value;
  }
  return Number(decodeCell(bytes, from, numberEnd));
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

/** After `e`, an optional sign and digits; where they are missing, `e` is not read either. */
function skipExponent(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end || (bytes[start]! | 32) !== 101) return start;
  let at = start + 1;
  if (at < end && (bytes[at] === 43 || bytes[at] === 45)) at++;
  const digits = at;
  while (at < end && isDigit(bytes[at]!)) at++;
  return at === digits ? start : at;
}

/** `inf` and `infinity` in any case, with an optional sign and nothing around. */
function parseInfinity(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 3 || end - start > 9) return NaN;
  const text = decodeCell(bytes, start, end).toLowerCase();
  if (!/^[+-]?inf(?:inity)?$/.test(text)) return NaN;
  return text.startsWith('-') ? -Infinity : Infinity;
}
