/**
 * Joins what the chunks of one column were read as. Source: pandas 3.1 c_parser_wrapper
 * _concatenate_chunks, concat_compat.
 */
import type { Dtype } from '../../data/dtype.ts';
import type { PyValue } from '../../data/py-value.ts';
import type { Vector } from '../../data/vector.ts';

/** Kind of one chunk: its dtype, or `missing` for a float64 chunk without any value. */
export type ChunkKind = Dtype | 'missing';

/** What {@link commonDtype} needs to know of a chunk. */
export function chunkKind(vector: Vector): ChunkKind {
  if (vector.dtype !== 'float64') return vector.dtype;
  return vector.values.every(Number.isNaN) ? 'missing' : 'float64';
}

const numeric: ReadonlySet<ChunkKind> = new Set<ChunkKind>(['int64', 'uint64', 'float64']);

/** Dtype of the whole column: numbers join to float64, anything else that differs to object. */
export function commonDtype(kinds: ReadonlySet<ChunkKind>): Dtype {
  const present = [...kinds].filter((kind): kind is Dtype => kind !== 'missing');
  const [first] = present;
  if (first === undefined) return 'float64';
  if (present.length === 1 && (!kinds.has('missing') || first === 'str')) return first;
  return present.every((kind) => numeric.has(kind)) ? 'float64' : 'object';
}

/** `vector` as `dtype`, one that {@link commonDtype} returned for it. */
export function widenVector(vector: Vector, dtype: Dtype): Vector {
  if (vector.dtype === dtype) return vector;
  if (dtype === 'float64') {
    return { dtype, values: Float64Array.from(vector.values as ArrayLike<unknown>, Number) };
  }
  if (dtype === 'str') return { dtype, values: Array.from(vector.values, () => null) };
  return { dtype: 'object', values: toObjects(vector) };
}

/** Elements as Python values; missing strings are NaN. */
export function toObjects(vector: Vector): readonly PyValue[] {
  switch (vector.dtype) {
    case 'object':
      return vector.values;
    case 'bool':
      return Array.from(vector.values, (value) => value !== 0);
    case 'str':
      return vector.values.map((value) => value ?? NaN);
    case 'int8':
    case 'int16':
    case 'int32':
    case 'uint8':
    case 'uint16':
    case 'uint32':
      return Array.from(vector.values, BigInt);
    default:
      return toScalars(vector);
  }
}

function toScalars(vector: Vector): readonly PyValue[] {
  if (vector.values instanceof BigInt64Array && vector.dtype.startsWith('datetime64')) {
    return Array.from(vector.values, (nanoseconds) => ({ kind: 'datetime', nanoseconds }));
  }
  return Array.from<PyValue>(vector.values as Iterable<PyValue>);
}

/** One vector of all `parts`, which have the same dtype. */
export function concatenateVectors(parts: readonly Vector[]): Vector {
  const [first] = parts;
  if (first === undefined) return { dtype: 'object', values: [] };
  if (parts.length === 1) return first;
  const values = Array.isArray(first.values)
    ? parts.flatMap((part) => part.values as readonly PyValue[])
    : joinTyped(parts.map((part) => part.values as TypedArray));
  return { ...first, values } as Vector;
}

type TypedArray = Float64Array | BigInt64Array;

/** The parts share one class of typed array, whichever it is. */
function joinTyped(parts: readonly TypedArray[]): TypedArray {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const create = parts[0]!.constructor as new (length: number) => TypedArray;
  const joined = new create(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part as Float64Array & BigInt64Array, at);
    at += part.length;
  }
  return joined;
}

/** Text objects that pandas' Series constructor takes for `str`: at least one string, the rest missing. */
export function inferStrings(vector: Vector): Vector {
  if (vector.dtype !== 'object') return vector;
  const texts: (string | null)[] = [];
  let strings = 0;
  for (const value of vector.values) {
    if (typeof value === 'string') strings++;
    else if (typeof value !== 'number') return vector;
    texts.push(typeof value === 'string' ? value : null);
  }
  return strings === 0 ? vector : { dtype: 'str', values: texts };
}
