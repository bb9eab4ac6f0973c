/** Integers as pandas' parser reads them: C's strtoll with spaces around. Source: tokenizer.c str_to_int64. */
import { decodeCell } from './token-table.ts';

/** What {@link parseInteger} found. */
export type IntegerKind = 'small' | 'big' | 'overflow' | 'invalid';

/** Result of {@link parseInteger}; one object is reused, read it before the next call. */
export interface ParsedInteger {
  kind: IntegerKind;
  /** Set when `small`: exact, at most 15 digits. */
  small: number;
  /** Set when `big` (an int64) or `overflow` (any size). */
  big: bigint;
}

const result: ParsedInteger = { kind: 'invalid', small: 0, big: 0n };

/** C's isspace: tab, LF, VT, FF, CR, space. */
export function isSpace(byte: number): boolean {
  return byte === 32 || (byte >= 9 && byte <= 13);
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

const int64Limit = 2n ** 63n;

/**
 * Reads `[spaces][sign]digits[spaces]`. `overflow` is a number outside int64 without trailing
 * spaces (with them it is `invalid`, as upstream).
 */
export function parseInteger(bytes: Uint8Array, start: number, end: number): ParsedInteger {
  let at = start;
  while (at < end && isSpace(bytes[at]!)) at++;
  const negative = bytes[at] === 45;
  const from = at;
  if (at < end && (negative || bytes[at] === 43)) at++;
  const digits = at;
  let small = 0;
  while (at < end && isDigit(bytes[at]!)) small = small * 10 + (bytes[at++]! - 48);
  const digitsEnd = at;
  while (at < end && isSpace(bytes[at]!)) at++;
  if (digitsEnd === digits || at < end) return set('invalid');
  if (digitsEnd - digits <= 15) {
    result.small = negative ? 0 - small : small;
    return set('small');
  }
  result.big = toBigint(decodeCell(bytes, from, digitsEnd));
  const inRange = result.big < int64Limit && result.big >= -int64Limit;
  if (inRange) return set('big');
  return set(digitsEnd === end ? 'overflow' : 'invalid');
}

function set(kind: IntegerKind): ParsedInteger {
  result.kind = kind;
  return result;
}

function toBigint(text: string): bigint {
  if (text.startsWith('-')) return -BigInt(text.slice(1));
  return BigInt(text.startsWith('+') ? text.slice(1) : text);
}

/** Digits that Python's int() accepts by default. */
const pythonDigitLimit = 4300;

/**
 * Python's `int(text)` for ASCII digits: spaces around, a sign, single underscores between digits.
 *
 * @returns null when Python raises ValueError
 */
export function parsePythonInteger(text: string): bigint | null {
  const match = /^[\t-\r ]*([+-]?)(\d+(?:_\d+)*)[\t-\r ]*$/.exec(text);
  if (match === null) return null;
  const digits = match[2]!.replaceAll('_', '');
  if (digits.length > pythonDigitLimit) return null;
  const magnitude = BigInt(digits);
  return match[1] === '-' ? -magnitude : magnitude;
}
