/** Python's `int(x)`, `float(x)` and truth of a JSON value. Source: CPython 3.11 longobject.c, floatobject.c, pystrtod.c. */
import type { PyValue } from '../../data/py-value.ts';
import { pythonTypeName, reprString } from '../../data/python-repr.ts';
import { pythonError } from './python-error.ts';

/** Python refuses longer texts of integers. */
const digitLimit = 4300;

const integerForm = /^[+-]?\d+(?:_\d+)*$/;
const digits = String.raw`\d+(?:_\d+)*`;
const floatForm = new RegExp(
  String.raw`^[+-]?(?:${digits}(?:\.(?:${digits})?)?|\.${digits})(?:e[+-]?${digits})?$`,
  'i',
);
const specialForm = /^([+-]?)(?:(inf|infinity)|nan)$/i;

/** White space of `str.strip`, which differs from JavaScript's. */
const outerSpace =
  // oxlint-disable-next-line no-control-regex -- Python counts these as white space
  /^[\t-\r\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+|[\t-\r\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/g;

/** `int(text)`; @throws INVALID_INPUT */
export function parsePythonInteger(text: string): bigint {
  const plain = normalizeNumber(text);
  if (!integerForm.test(plain)) {
    throw pythonError('ValueError', `invalid literal for int() with base 10: ${reprString(text)}`);
  }
  const bare = plain.replaceAll('_', '').replace(/^\+/, '');
  if (bare.length - (bare.startsWith('-') ? 1 : 0) > digitLimit) {
    throw pythonError(
      'ValueError',
      `Exceeds the limit (${digitLimit} digits) for integer string conversion`,
    );
  }
  return bare.startsWith('-') ? -BigInt(bare.slice(1)) : BigInt(bare);
}

/** `float(text)`; @throws INVALID_INPUT */
export function parsePythonFloat(text: string): number {
  const plain = normalizeNumber(text);
  if (floatForm.test(plain)) return Number(plain.replaceAll('_', ''));
  const special = specialForm.exec(plain);
  if (special === null) {
    throw pythonError('ValueError', `could not convert string to float: ${reprString(text)}`);
  }
  if (special[2] === undefined) return Number.NaN;
  return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** Outer white space dropped, Unicode digits replaced by ASCII ones. */
function normalizeNumber(text: string): string {
  const stripped = text.replaceAll(outerSpace, '');
  return /^[ -~]*$/.test(stripped) ? stripped : stripped.replaceAll(/\p{Nd}/gu, asciiDigit);
}

/** Decimal digits stand in runs of ten, so a digit's value is its distance from the start of the run. */
function asciiDigit(digit: string): string {
  const point = digit.codePointAt(0) ?? 0;
  let start = point;
  while (/\p{Nd}/u.test(String.fromCodePoint(start - 1))) start -= 1;
  return String((point - start) % 10);
}

/** `int(value)`: floats lose their fraction. @throws INVALID_INPUT */
export function toPythonInteger(value: PyValue): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'string') return parsePythonInteger(value);
  if (typeof value === 'number') return truncate(value);
  throw pythonError(
    'TypeError',
    `int() argument must be a string, a bytes-like object or a real number, not '${pythonTypeName(value)}'`,
  );
}

function truncate(value: number): bigint {
  if (Number.isNaN(value)) throw pythonError('ValueError', 'cannot convert float NaN to integer');
  if (!Number.isFinite(value)) {
    throw pythonError('OverflowError', 'cannot convert float infinity to integer');
  }
  return BigInt(Math.trunc(value));
}

/** `float(value)`, with None as NaN as NumPy has it. @throws INVALID_INPUT */
export function toPythonFloat(value: PyValue): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return integerToFloat(value);
  if (value === null) return Number.NaN;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') return parsePythonFloat(value);
  if (Array.isArray(value)) {
    throw pythonError('ValueError', 'setting an array element with a sequence.');
  }
  throw pythonError(
    'TypeError',
    `float() argument must be a string or a real number, not '${pythonTypeName(value)}'`,
  );
}

function integerToFloat(value: bigint): number {
  const float = Number(value);
  if (Number.isFinite(float)) return float;
  throw pythonError('OverflowError', 'int too large to convert to float');
}

/** `bool(value)`. */
export function isPythonTrue(value: PyValue): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Map) return value.size > 0;
  return typeof value === 'number' ? value !== 0 : Boolean(value);
}
