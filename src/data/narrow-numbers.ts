/** Numbers in fewer bytes: what pandas does with a list of NumPy scalars. Source: pandas 3.1 `lib.maybe_convert_objects`. */
import type { NumpyScalar } from './py-value.ts';
import type { Vector } from './vector.ts';

/** Bytes of one element. */
export const numericBytes: Readonly<Record<NumpyScalar['dtype'], number>> = {
  bool: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  float16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  int64: 8,
  uint64: 8,
  float64: 8,
};

/** The same kind of number in `bytes` bytes; the vector itself where it is no wider. */
export function narrowNumbers(vector: Vector, bytes: number): Vector {
  if (bytes === 0 || bytes >= 8) return vector;
  if (vector.dtype === 'float64') return narrowFloats(vector.values, bytes);
  if (vector.dtype === 'int64') return narrowIntegers(Array.from(vector.values, Number), bytes);
  if (vector.dtype === 'uint64') return narrowUnsigned(Array.from(vector.values, Number), bytes);
  return vector;
}

function narrowFloats(values: Float64Array, bytes: number): Vector {
  const dtype = bytes === 4 ? 'float32' : 'float16';
  return { dtype, values: Float32Array.from(values) };
}

function narrowIntegers(values: readonly number[], bytes: number): Vector {
  if (bytes === 4) return { dtype: 'int32', values: Int32Array.from(values) };
  if (bytes === 2) return { dtype: 'int16', values: Int16Array.from(values) };
  return { dtype: 'int8', values: Int8Array.from(values) };
}

function narrowUnsigned(values: readonly number[], bytes: number): Vector {
  if (bytes === 4) return { dtype: 'uint32', values: Uint32Array.from(values) };
  if (bytes === 2) return { dtype: 'uint16', values: Uint16Array.from(values) };
  return { dtype: 'uint8', values: Uint8Array.from(values) };
}
