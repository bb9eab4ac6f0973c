import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inferVector } from './infer-vector.ts';
import type { NumpyScalar, PyValue } from './py-value.ts';

function float32(value: number): NumpyScalar {
  return { kind: 'scalar', dtype: 'float32', value };
}

describe('inferVector', () => {
  it.each<readonly [readonly PyValue[], string]>([
    [[], 'object'],
    [[1n, 2n], 'int64'],
    [[1n, null], 'float64'],
    [[1n, 2.5], 'float64'],
    [[2n ** 63n], 'uint64'],
    [[2n ** 63n, -1n], 'object'],
    [[2n ** 63n, null], 'float64'],
    [[2n ** 64n], 'object'],
    [[2n ** 64n, 1.5], 'object'],
    [[true, false], 'bool'],
    [[true, null], 'object'],
    [[true, 1n], 'object'],
    [['a', null], 'str'],
    [['a', 1n], 'object'],
    [[null, null], 'object'],
    [[null, Number.NaN], 'float64'],
    [[[1n]], 'object'],
    [[new Map()], 'object'],
  ])('%o becomes %s', (values, dtype) => {
    expect(inferVector(values).dtype).toBe(dtype);
  });

  it.each<readonly [readonly PyValue[], string]>([
    [[float32(1)], 'float32'],
    [[float32(1), float32(Number.NaN)], 'float32'],
    [[float32(Number.NaN)], 'float32'],
    [[float32(1), Number.NaN], 'float64'],
    [[float32(1), null], 'float64'],
    [[{ kind: 'scalar', dtype: 'int32', value: 1n }, float32(Number.NaN)], 'float32'],
  ])('NumPy scalars %o become %s', (values, dtype) => {
    expect(inferVector(values).dtype).toBe(dtype);
  });

  it('keeps every int of 64 bits', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { minLength: 1 }),
        (ints) => {
          expect(Array.from<unknown>(inferVector(ints).values as ArrayLike<unknown>)).toEqual(ints);
        },
      ),
    );
  });
});
