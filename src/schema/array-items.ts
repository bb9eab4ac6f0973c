/** Items along the first axis of an array, and arrays stacked from items. */
import { inferVector } from '../data/infer-vector.ts';
import { isNdArray, type NdArray, ndArray } from '../data/nd-array.ts';
import { isPyList, type PyValue } from '../data/py-value.ts';
import type { Vector } from '../data/vector.ts';
import { elementAt } from '../data/vector-values.ts';
import { schemaMismatch } from './schema-mismatch.ts';

/** What iterating gives: elements of a list or a vector, sub-arrays of anything deeper. */
export function arrayItems(value: readonly PyValue[] | NdArray): readonly PyValue[] {
  if (!isNdArray(value)) return value;
  const [length, ...rest] = value.shape;
  if (length === undefined) throw schemaMismatch('iteration over a 0-d array');
  const stride = rest.reduce((size, axis) => size * axis, 1);
  return Array.from({ length }, (_, index) => {
    if (rest.length === 0) return elementAt(value.data, index);
    return ndArray(sliceVector(value.data, index * stride, (index + 1) * stride), rest);
  });
}

/** Elements `start` to `end` (exclusive) of a vector. */
export function sliceVector(vector: Vector, start: number, end: number): Vector {
  return { ...vector, values: vector.values.slice(start, end) } as Vector;
}

/** `np.array(items)` of enforced items: lists and arrays of one length add an axis. */
export function stackItems(items: readonly PyValue[]): NdArray {
  const nested = items.map((item) => (isPyList(item) ? stackItems(item) : item));
  const [first] = nested;
  if (!isNdArray(first)) {
    if (nested.some((item) => isNdArray(item))) throw inhomogeneous();
    return ndArray(inferVector(nested));
  }
  const parts = nested.map((item) => {
    if (!isNdArray(item) || String(item.shape) !== String(first.shape)) throw inhomogeneous();
    return item.data;
  });
  return ndArray(joinVectors(parts), [items.length, ...first.shape]);
}

/** Vectors one after the other: of one dtype as they are, else inferred anew. */
export function joinVectors(parts: readonly Vector[]): Vector {
  const dtype = parts[0]?.dtype ?? 'object';
  const values = parts.flatMap((part) => Array.from<unknown>(part.values as ArrayLike<unknown>));
  if (parts.some((part) => part.dtype !== dtype)) {
    return inferVector(
      parts.flatMap((part) => Array.from(part.values, (_, row) => elementAt(part, row))),
    );
  }
  const sample = parts[0]?.values ?? [];
  if (Array.isArray(sample)) return { dtype, values } as Vector;
  const make = sample.constructor as unknown as { from(values: readonly unknown[]): unknown };
  return { dtype, values: make.from(values) } as Vector;
}

function inhomogeneous(): Error {
  return schemaMismatch(
    'setting an array element with a sequence. The requested array has an inhomogeneous shape',
  );
}
