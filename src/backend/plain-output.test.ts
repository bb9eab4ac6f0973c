import { describe, expect, it } from 'vitest';
import { frame } from '../data/frame.ts';
import { ndArray } from '../data/nd-array.ts';
import { plainOutput } from './plain-output.ts';

describe('plainOutput', () => {
  it('keeps one dimension typed', () => {
    const values = Float32Array.of(1.5, 2.5);
    expect(plainOutput(ndArray({ dtype: 'float32', values }))).toBe(values);
  });

  it('nests more dimensions', () => {
    const values = Float64Array.of(1, 2, 3, 4, 5, 6);
    expect(plainOutput(ndArray({ dtype: 'float64', values }, [2, 3]))).toEqual([
      Float64Array.of(1, 2, 3),
      Float64Array.of(4, 5, 6),
    ]);
    expect(plainOutput(ndArray({ dtype: 'float64', values: Float64Array.of(7) }, []))).toBe(7);
  });

  it('gives integers as numbers, and as bigint beyond 2^53', () => {
    const values = BigInt64Array.of(1n, 2n ** 53n);
    expect(plainOutput(ndArray({ dtype: 'int64', values }))).toEqual([1, 2n ** 53n]);
    expect(plainOutput(5n)).toBe(5);
  });

  it('gives records for a table', () => {
    const table = frame([
      { label: 'name', data: { dtype: 'str', values: ['a', null] } },
      { label: 0, data: { dtype: 'bool', values: Uint8Array.of(1, 0) } },
      { label: 'at', data: { dtype: 'datetime64[s]', values: BigInt64Array.of(1n, -(2n ** 63n)) } },
    ]);
    expect(plainOutput(table)).toEqual([
      { name: 'a', '0': true, at: new Date(1000) },
      { name: null, '0': false, at: null },
    ]);
  });

  it('gives objects for dicts and arrays for lists', () => {
    expect(plainOutput(new Map([['a', [1n, 'x', null]]]))).toEqual({ a: [1, 'x', null] });
  });
});
