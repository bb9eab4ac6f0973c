/** `Series.to_numpy(dtype)` after a column was cast: nested arrays hold NumPy's types, not pandas'. */
import { isNdArray } from '../data/nd-array.ts';
import { isPyDict, isPyList, type PyValue } from '../data/py-value.ts';
import { pythonStr } from '../data/python-repr.ts';
import type { Vector } from '../data/vector.ts';
import type { ScalarType } from '../model/signature.ts';
import { convertNumbers, isNumericDtype, isNumericVector } from './convert-numbers.ts';
import { dtypeOfType } from './numpy-types.ts';
import { schemaMismatch } from './schema-mismatch.ts';

/** Source: pandas 3.1 `to_numpy`, NumPy 2.4 `astype`. @throws SCHEMA_ENFORCEMENT_FAILED */
export function castToNumpy(column: Vector, type: ScalarType): Vector {
  if (type === 'string') return { dtype: 'str', values: toTexts(column) };
  if (type === 'binary') return { dtype: 'bytes', values: toTexts(column).map(encodeAscii) };
  const dtype = dtypeOfType[type];
  if (column.dtype === 'object' && type === 'boolean') {
    return {
      dtype: 'bool',
      values: Uint8Array.from(column.values, (value) => (isTrue(value) ? 1 : 0)),
    };
  }
  if (column.dtype === 'object' && type === 'double') {
    return { dtype: 'float64', values: Float64Array.from(column.values, Number) };
  }
  return isNumericVector(column) && isNumericDtype(dtype) ? convertNumbers(column, dtype) : column;
}

/**
 * NumPy pads strings with NUL, so trailing ones are lost. Beside a missing string every other is cut to its first
 * character (and the missing one, `nan`, too): pandas fills an array of the narrowest width.
 */
function toTexts(column: Vector): readonly string[] {
  if (column.dtype === 'bytes') return column.values.map(decodeAscii);
  if (column.dtype === 'str') {
    const cut = column.values.includes(null);
    return column.values.map((text) =>
      cut ? (Array.from(text ?? 'n')[0] ?? '') : stripNul(text ?? ''),
    );
  }
  return Array.from(column.values as ArrayLike<PyValue>, toText);
}

function toText(value: PyValue): string {
  if (value instanceof Uint8Array) return decodeAscii(value);
  if (isPyList(value) || isNdArray(value)) {
    throw schemaMismatch('setting an array element with a sequence');
  }
  return stripNul(pythonStr(value));
}

// eslint-disable-next-line no-control-regex -- NumPy's padding
const trailingNul = /\u0000+$/;

function stripNul(text: string): string {
  return text.replace(trailingNul, '');
}

function encodeAscii(text: string): Uint8Array {
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  // eslint-disable-next-line no-control-regex -- all of ASCII
  if (!/[^\u0000-\u007f]/.test(text)) return bytes;
  throw schemaMismatch("'ascii' codec can't encode character: ordinal not in range(128)");
}

function decodeAscii(bytes: Uint8Array): string {
  if (bytes.some((byte) => byte > 127)) {
    throw schemaMismatch("'ascii' codec can't decode byte: ordinal not in range(128)");
  }
  return stripNul(String.fromCharCode(...bytes));
}

/** Python's truth. */
export function isTrue(value: PyValue): boolean {
  if (isPyList(value) || value instanceof Uint8Array) return value.length > 0;
  if (isPyDict(value)) return value.size > 0;
  return Number.isNaN(value) || Boolean(value);
}
