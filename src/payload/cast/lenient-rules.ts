/** What `lenientTypes` refuses: casts that would lose something without a word. Source: docs/reference/differences.md. */
import { isExactInteger } from '../../data/infer-exactly.ts';
import type { PyValue } from '../../data/py-value.ts';
import type { Vector } from '../../data/vector.ts';
import { vectorValues } from '../../data/vector-values.ts';
import type { ScalarType } from '../../model/signature.ts';
import type { RowCursor } from './pack-values.ts';
import { pythonError } from './python-error.ts';
import { parsePythonInteger } from './python-number.ts';

const integerBits = { integer: 32, long: 64 } as const;

/** Checks every cell before the cast. @throws INVALID_INPUT at the first that would lose something */
export function checkLenientCast(data: Vector, type: ScalarType, cursor: RowCursor): void {
  const check = checkOf(type);
  if (check === null) return;
  for (const [row, value] of vectorValues(data).entries()) {
    cursor.row = row;
    check(value);
  }
}

/** Decimals are written to be rounded; an integer is not, but a float32 rounds what JSON writes either way. */
function checkOf(type: ScalarType): ((value: PyValue) => void) | null {
  if (type === 'boolean') return checkBoolean;
  if (type === 'integer' || type === 'long') return checkInteger(type);
  return type === 'double' ? checkDouble : null;
}

function checkDouble(value: PyValue): void {
  if (typeof value !== 'bigint' || isExactInteger(value)) return;
  throw pythonError('OverflowError', 'a double holds whole numbers up to 2^53 exactly, not this');
}

/** True for a column with nulls of a type that has no missing value. */
export function keepsNulls(data: Vector, type: ScalarType): boolean {
  if (type !== 'boolean' && type !== 'integer' && type !== 'long') return false;
  if (data.dtype === 'float64') return data.values.some((value) => Number.isNaN(value));
  return data.dtype === 'object' && data.values.includes(null);
}

function checkBoolean(value: PyValue): void {
  if (typeof value === 'boolean' || value === 0n || value === 1n || value === 0 || value === 1) {
    return;
  }
  throw pythonError('ValueError', 'not a boolean: true, false, 0 and 1 are accepted');
}

function checkInteger(type: 'integer' | 'long'): (value: PyValue) => void {
  const bits = integerBits[type];
  return (value) => {
    if (typeof value === 'boolean') return;
    const integer = exactInteger(value);
    if (integer === null) throw pythonError('ValueError', 'not a whole number');
    if (BigInt.asIntN(bits, integer) !== integer) {
      throw pythonError('OverflowError', `out of range of a ${bits}-bit integer`);
    }
  };
}

function exactInteger(value: PyValue): bigint | null {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'string') return parsePythonInteger(value);
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : null;
}
