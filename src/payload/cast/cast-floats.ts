/** Float columns → other numbers, as C casts them on x86-64. Source: pandas 3.1 astype_float_to_int_nansafe; NumPy 2.4. */
import type { Dtype } from '../../data/dtype.ts';
import type { Vector } from '../../data/vector.ts';
import { pythonError } from './python-error.ts';
import type { RowCursor } from './pack-values.ts';
import { roundToHalf } from './round-float.ts';

const int64Min = -(2n ** 63n);

/** Casts, or null where the target is no number. @throws INVALID_INPUT for NaN and infinity in an integer column */
export function castFloats(
  values: Float32Array | Float64Array,
  dtype: Dtype,
  cursor: RowCursor,
): Vector | null {
  switch (dtype) {
    case 'bool':
      return { dtype, values: Uint8Array.from(values, (value) => (value === 0 ? 0 : 1)) };
    case 'float16':
      return { dtype, values: Float32Array.from(values, roundToHalf) };
    case 'float32':
      return { dtype, values: Float32Array.from(values) };
    case 'float64':
      return { dtype, values: Float64Array.from(values) };
    default:
      return castToIntegers(values, dtype, cursor);
  }
}

function castToIntegers(
  values: Float32Array | Float64Array,
  dtype: Dtype,
  cursor: RowCursor,
): Vector | null {
  const check = (unsigned?: 'unsigned'): void => checkFinite(values, dtype, cursor, unsigned);
  switch (dtype) {
    case 'int8':
      check();
      return { dtype, values: Int8Array.from(values, toInt32) };
    case 'int16':
      check();
      return { dtype, values: Int16Array.from(values, toInt32) };
    case 'int32':
      check();
      return { dtype, values: Int32Array.from(values, toInt32) };
    case 'int64':
      check();
      return { dtype, values: bigints(values, toInt64) };
    case 'uint8':
      check('unsigned');
      return { dtype, values: Uint8Array.from(values, toInt32) };
    case 'uint16':
      check('unsigned');
      return { dtype, values: Uint16Array.from(values, toInt32) };
    case 'uint32':
      check('unsigned');
      return {
        dtype,
        values: Uint32Array.from(values, (value) => Number(BigInt.asUintN(32, toInt64(value)))),
      };
    case 'uint64':
      check('unsigned');
      return { dtype, values: new BigUint64Array(bigints(values, toUint64).buffer) };
    default:
      return null;
  }
}

function bigints(
  values: Float32Array | Float64Array,
  convert: (value: number) => bigint,
): BigInt64Array<ArrayBuffer> {
  const result = new BigInt64Array(values.length);
  for (const [row, value] of values.entries()) result[row] = convert(value);
  return result;
}

function checkFinite(
  values: Float32Array | Float64Array,
  dtype: Dtype,
  cursor: RowCursor,
  unsigned: 'unsigned' | undefined,
): void {
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad !== -1) {
    cursor.row = bad;
    throw pythonError(
      'IntCastingNaNError',
      "Cannot convert non-finite values (NA or inf) to integer. Replace or remove non-finite values or cast to an integer typethat supports these values (e.g. 'Int64')",
    );
  }
  if (unsigned === undefined) return;
  const negative = values.findIndex((value) => value < 0);
  if (negative === -1) return;
  cursor.row = negative;
  throw pythonError('ValueError', `Cannot losslessly cast from float64 to ${dtype}`);
}

/** cvttsd2si: out of range gives the least value, from which narrower types take the low bits. */
function toInt32(value: number): number {
  const whole = Math.trunc(value);
  return whole >= -2_147_483_648 && whole <= 2_147_483_647 ? whole : -2_147_483_648;
}

function toInt64(value: number): bigint {
  const whole = BigInt(Math.trunc(value));
  return BigInt.asIntN(64, whole) === whole ? whole : int64Min;
}

/** Bits of the unsigned cast; 2^64 and above give 0. */
function toUint64(value: number): bigint {
  const whole = BigInt(Math.trunc(value));
  return whole < 2n ** 64n ? BigInt.asIntN(64, whole) : 0n;
}
