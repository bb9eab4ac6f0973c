/**
 * Python values → elements of a wanted dtype, one by one: what `np.array(list, dtype)` and `astype` of an object
 * column do. Source: NumPy 2.4 arraytypes.c.src `@TYPE@_setitem`.
 */
import type { Dtype } from '../../data/dtype.ts';
import type { PyValue } from '../../data/py-value.ts';
import { pythonStr } from '../../data/python-repr.ts';
import type { Vector } from '../../data/vector.ts';
import { packDatetimes } from './pack-datetimes.ts';
import { pythonError } from './python-error.ts';
import { isPythonTrue, toPythonFloat, toPythonInteger } from './python-number.ts';
import { roundToHalf } from './round-float.ts';

/** Least and greatest value of each integer dtype. */
const integerRanges = {
  int8: [-(2n ** 7n), 2n ** 7n - 1n],
  int16: [-(2n ** 15n), 2n ** 15n - 1n],
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint8: [0n, 2n ** 8n - 1n],
  uint16: [0n, 2n ** 16n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
} as const;

type IntegerDtype = keyof typeof integerRanges;

/** Told of each row before it is converted, so that an error can name it. */
export interface RowCursor {
  row: number;
}

/**
 * Converts every value; floats lose their fraction in integers, texts are parsed, None is NaN in floats.
 * `cursor.row` is the row at which it failed.
 *
 * @throws INVALID_INPUT with Python's text
 */
export function packValues(values: readonly PyValue[], dtype: Dtype, cursor: RowCursor): Vector {
  if (isIntegerDtype(dtype)) return packIntegers(values, dtype, cursor);
  switch (dtype) {
    case 'bool':
      return { dtype, values: Uint8Array.from(values, (value) => (isPythonTrue(value) ? 1 : 0)) };
    case 'float16':
      return {
        dtype,
        values: Float32Array.from(
          values,
          track(cursor, (value) => roundToHalf(toPythonFloat(value))),
        ),
      };
    case 'float32':
      return { dtype, values: Float32Array.from(values, track(cursor, toPythonFloat)) };
    case 'float64':
      return { dtype, values: Float64Array.from(values, track(cursor, toPythonFloat)) };
    case 'str':
      return { dtype, values: values.map(track(cursor, (value) => dropNulls(pythonStr(value)))) };
    case 'bytes':
      return { dtype, values: values.map(track(cursor, toAsciiBytes)) };
    case 'object':
      return { dtype, values };
    default:
      return packDatetimes(values, dtype, cursor);
  }
}

function packIntegers(values: readonly PyValue[], dtype: IntegerDtype, cursor: RowCursor): Vector {
  const big = track(cursor, (value) => toRangedInteger(value, dtype));
  const small = track(cursor, (value) => Number(toRangedInteger(value, dtype)));
  switch (dtype) {
    case 'int8':
      return { dtype, values: Int8Array.from(values, small) };
    case 'int16':
      return { dtype, values: Int16Array.from(values, small) };
    case 'int32':
      return { dtype, values: Int32Array.from(values, small) };
    case 'uint8':
      return { dtype, values: Uint8Array.from(values, small) };
    case 'uint16':
      return { dtype, values: Uint16Array.from(values, small) };
    case 'uint32':
      return { dtype, values: Uint32Array.from(values, small) };
    case 'int64':
      return { dtype, values: BigInt64Array.from(values, big) };
    case 'uint64':
      return { dtype, values: BigUint64Array.from(values, big) };
  }
}

function isIntegerDtype(dtype: Dtype): dtype is IntegerDtype {
  return dtype in integerRanges;
}

/** Notes the row before converting it. */
function track<T>(
  cursor: RowCursor,
  convert: (value: PyValue) => T,
): (value: PyValue, row: number) => T {
  return (value, row) => {
    cursor.row = row;
    return convert(value);
  };
}

/** NumPy's fixed-width strings lose the zeros at their end. */
function dropNulls(text: string): string {
  // oxlint-disable-next-line no-control-regex -- the zero character is meant
  return text.replace(/\u0000+$/, '');
}

function toAsciiBytes(value: PyValue): Uint8Array {
  if (value instanceof Uint8Array) return value;
  const text = dropNulls(pythonStr(value));
  // oxlint-disable-next-line no-control-regex -- what ASCII does not hold
  const at = text.search(/[^\u0000-\u007f]/);
  if (at === -1) return new Uint8Array(Buffer.from(text, 'latin1'));
  throw pythonError(
    'UnicodeEncodeError',
    `'ascii' codec can't encode character in position ${at}: ordinal not in range(128)`,
  );
}

function toRangedInteger(value: PyValue, dtype: IntegerDtype): bigint {
  const integer = toPythonInteger(value);
  const [least, greatest] = integerRanges[dtype];
  if (integer >= least && integer <= greatest) return integer;
  const long =
    dtype === 'uint32' || dtype === 'uint64' ? integerRanges.uint64 : integerRanges.int64;
  const text =
    integer > long[1] || integer < -(2n ** 63n) || dtype === 'int64'
      ? 'Python int too large to convert to C long'
      : `Python integer ${integer} out of bounds for ${dtype}`;
  throw pythonError('OverflowError', text);
}
