import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatJsonFloat } from '../../data/format-float.ts';
import { encodeFloats } from './encode-floats.ts';

const anyBits = fc.bigInt(0n, 2n ** 64n - 1n).map((bits) => {
  return new Float64Array(BigUint64Array.of(bits).buffer)[0]!;
});
const anyFloat = fc.oneof(
  anyBits,
  fc.double(),
  fc.float(),
  fc.integer(),
  fc.integer({ min: -1075, max: 1024 }).map((power) => 2 ** power),
  fc.integer({ min: -324, max: 308 }).map((power) => Number(`1e${power}`)),
);

describe('encodeFloats', () => {
  it('writes what V8 finds shortest, in the form of Python', () => {
    fc.assert(
      fc.property(fc.array(anyFloat, { minLength: 1, maxLength: 200 }), (values) => {
        const text = encodeFloats(Float64Array.from(values));
        expect(text.split(', ')).toEqual(values.map((value) => formatJsonFloat(value)));
      }),
      { numRuns: 300 },
    );
  });

  it('widens float32', () => {
    expect(encodeFloats(Float32Array.of(0.1, 1e-5, 16_777_216))).toBe(
      '0.10000000149011612, 9.999999747378752e-06, 16777216.0',
    );
  });

  it('writes the literals of json.dumps, zeros and borders', () => {
    expect(encodeFloats(Float64Array.of(Number.NaN, Infinity, -Infinity, 0, -0, 5e-324))).toBe(
      'NaN, Infinity, -Infinity, 0.0, -0.0, 5e-324',
    );
    expect(encodeFloats(Float64Array.of(1e16, 9_999_999_999_999_998, 1e-4, -1e-5))).toBe(
      '1e+16, 9999999999999998.0, 0.0001, -1e-05',
    );
  });

  it('writes rows', () => {
    expect(encodeFloats(Float64Array.of(1, 2, 3, 4), 2)).toBe('[1.0, 2.0], [3.0, 4.0]');
    expect(encodeFloats(new Float64Array(0))).toBe('');
  });

  it.each([0, 3, 9000])('joins batches (rows of %d)', (rowLength) => {
    const values = Float64Array.from({ length: 27_000 }, (_, at) => at / 7);
    const rows = JSON.parse(`[${encodeFloats(values, rowLength)}]`) as unknown[];
    expect(rows.flat()).toEqual(Array.from(values));
    expect(rows).toHaveLength(values.length / (rowLength || 1));
  });
});
