/** Integer and boolean columns → other numbers, as C casts them: integers wrap, floats round once. Source: NumPy 2.4. */
import type { Dtype } from '../../data/dtype.ts';
import type { Vector } from '../../data/vector.ts';
import { integerToFloat32, roundToHalf } from './round-float.ts';

/** Storage of integers and booleans. */
export type IntegerArray =
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** Casts, or null where the target is no number and no datetime. */
export function castIntegers(values: IntegerArray, dtype: Dtype): Vector | null {
  switch (dtype) {
    case 'bool':
      return { dtype, values: Uint8Array.from(numbers(values), (value) => (value === 0 ? 0 : 1)) };
    case 'int8':
      return { dtype, values: Int8Array.from(lowBits(values)) };
    case 'int16':
      return { dtype, values: Int16Array.from(lowBits(values)) };
    case 'int32':
      return { dtype, values: Int32Array.from(lowBits(values)) };
    case 'uint8':
      return { dtype, values: Uint8Array.from(lowBits(values)) };
    case 'uint16':
      return { dtype, values: Uint16Array.from(lowBits(values)) };
    case 'uint32':
      return { dtype, values: Uint32Array.from(lowBits(values)) };
    case 'int64':
      return { dtype, values: bits64(values) };
    case 'uint64':
      return { dtype, values: new BigUint64Array(bits64(values).buffer) };
    case 'float16':
      return {
        dtype,
        values: Float32Array.from(singles(values), roundToHalf),
      };
    case 'float32':
      return { dtype, values: singles(values) };
    case 'float64':
      return { dtype, values: Float64Array.from(numbers(values)) };
    default:
      return dtype.startsWith('datetime64')
        ? { dtype: dtype as 'datetime64[ns]', values: bits64(values) }
        : null;
  }
}

function isBig(values: IntegerArray): values is BigInt64Array | BigUint64Array {
  return values instanceof BigInt64Array || values instanceof BigUint64Array;
}

function numbers(values: IntegerArray): ArrayLike<number> {
  return isBig(values) ? Float64Array.from(values, Number) : values;
}

/** Typed arrays of 32 bits and fewer keep the low bits of what they are given. */
function lowBits(values: IntegerArray): ArrayLike<number> {
  return isBig(values)
    ? Int32Array.from(values, (value) => Number(BigInt.asIntN(32, value)))
    : values;
}

function singles(values: IntegerArray): Float32Array {
  return isBig(values) ? Float32Array.from(values, integerToFloat32) : Float32Array.from(values);
}

function bits64(values: IntegerArray): BigInt64Array<ArrayBuffer> {
  return isBig(values)
    ? BigInt64Array.from(values, (value) => value)
    : BigInt64Array.from(values, BigInt);
}
