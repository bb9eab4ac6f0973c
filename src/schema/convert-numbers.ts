/** Numeric vectors of one dtype as another, as `ndarray.astype` converts them on x86-64. */
import type { Dtype } from '../data/dtype.ts';
import type { Vector } from '../data/vector.ts';

/** A vector of numbers or booleans. */
export type NumericVector = Exclude<
  Vector,
  { dtype: 'str' | 'bytes' | 'object' | `datetime64[${string}]` }
>;

/** A dtype of numbers or booleans. */
export type NumericDtype = NumericVector['dtype'];

/** True for numbers and booleans. */
export function isNumericVector(vector: Vector): vector is NumericVector {
  return isNumericDtype(vector.dtype);
}

/** True for a dtype of numbers or booleans. */
export function isNumericDtype(dtype: Dtype): dtype is NumericDtype {
  return /^(bool|u?int\d+|float\d+)$/.test(dtype);
}

/** Converts; a vector that has the dtype is returned as it is. Floats lose their fraction in integers. */
export function convertNumbers(vector: NumericVector, dtype: NumericDtype): Vector {
  if (vector.dtype === dtype) return vector;
  switch (dtype) {
    case 'float64':
      return { dtype, values: Float64Array.from<number | bigint>(vector.values, Number) };
    case 'float32':
    case 'float16':
      return { dtype, values: toFloat32(vector, dtype) };
    case 'int64':
      return { dtype, values: BigInt64Array.from(toIntegers(vector)) };
    case 'uint64':
      return { dtype, values: BigUint64Array.from(toIntegers(vector)) };
    case 'bool':
      return {
        dtype,
        values: Uint8Array.from<number | bigint>(vector.values, (v) => (Number(v) === 0 ? 0 : 1)),
      };
    default:
      return toSmallIntegers(vector, dtype);
  }
}

/** NumPy has no Float16Array here either: halves are rounded by the caller's data being exact. */
function toFloat32(vector: NumericVector, dtype: 'float16' | 'float32'): Float32Array {
  void dtype;
  return Float32Array.from<number | bigint>(vector.values, Number);
}

const int64Min = -(2n ** 63n);

/** A float that int64 cannot hold becomes the smallest int64, as the processor's conversion gives it. */
function toIntegers(vector: NumericVector): bigint[] {
  return Array.from<number | bigint, bigint>(vector.values, (value) => {
    if (typeof value === 'bigint') return value;
    if (!(Math.abs(value) < 2 ** 63)) return int64Min;
    return BigInt(Math.trunc(value));
  });
}

function toSmallIntegers(
  vector: NumericVector,
  dtype: 'int8' | 'int16' | 'int32' | 'uint8' | 'uint16' | 'uint32',
): Vector {
  const wide = toIntegers(vector).map((value) => Number(BigInt.asIntN(32, value)));
  switch (dtype) {
    case 'int8':
      return { dtype, values: Int8Array.from(wide) };
    case 'int16':
      return { dtype, values: Int16Array.from(wide) };
    case 'int32':
      return { dtype, values: Int32Array.from(wide) };
    case 'uint8':
      return { dtype, values: Uint8Array.from(wide) };
    case 'uint16':
      return { dtype, values: Uint16Array.from(wide) };
    case 'uint32':
      return { dtype, values: Uint32Array.from(wide) };
  }
}
