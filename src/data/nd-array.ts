/** NumPy's ndarray: a C-ordered vector with a shape. */
import type { Vector } from './vector.ts';

/** `shape` is empty for a scalar array; the product of `shape` is the length of the vector. */
export interface NdArray {
  readonly kind: 'array';
  readonly shape: readonly number[];
  readonly data: Vector;
}

/** Wraps a vector; `shape` defaults to one dimension. */
export function ndArray(data: Vector, shape: readonly number[] = [data.values.length]): NdArray {
  return { kind: 'array', shape, data };
}

/** True for an {@link NdArray}. */
export function isNdArray(value: unknown): value is NdArray {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'array';
}
