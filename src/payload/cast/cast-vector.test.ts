import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dtype } from '../../data/dtype.ts';
import { inferVector } from '../../data/infer-vector.ts';
import type { PyValue } from '../../data/py-value.ts';
import { vectorValues } from '../../data/vector-values.ts';
import { castVector } from './cast-vector.ts';

const cast = (values: readonly PyValue[], dtype: Dtype): readonly PyValue[] =>
  vectorValues(castVector(inferVector(values), dtype, { row: 0 }));

// Expected values are those of pandas 3.1.1 and NumPy 2.4.6 on x86-64.
describe('castVector', () => {
  it.each<[Dtype, readonly PyValue[], readonly PyValue[]]>([
    ['bool', [0n, 2n, -1n], [false, true, true]],
    ['bool', [0.5, 0, Number.NaN], [true, false, true]],
    ['bool', ['', 'false'], [false, true]],
    ['bool', [true, null], [true, false]],
    ['int32', [3_000_000_000n, -5n], [-1_294_967_296n, -5n]],
    ['int32', [1.9, -1.9, 3e9, 1e20], [1n, -1n, -(2n ** 31n), -(2n ** 31n)]],
    ['int32', ['1', ' 1_0 ', '+7', '٣'], [1n, 10n, 7n, 3n]],
    ['int32', [true, 2.9], [1n, 2n]],
    ['int64', [1e40], [-(2n ** 63n)]],
    ['int64', [2n ** 64n - 1n], [-1n]],
    ['uint8', [300n, -5n], [44n, 251n]],
    ['uint64', [1.8e19, 1e20], [18_000_000_000_000_000_000n, 0n]],
    ['float32', [16_777_217n], [16_777_216]],
    ['float32', [1e39, 0.1], [Number.POSITIVE_INFINITY, Math.fround(0.1)]],
    ['float32', [2n ** 60n + 2n ** 36n + 1n], [Number(2n ** 60n + 2n ** 37n)]],
    [
      'float64',
      ['nan', ' inf ', '1_0.5', '.5', '1.'],
      [Number.NaN, Number.POSITIVE_INFINITY, 10.5, 0.5, 1],
    ],
    ['float64', [null, null], [Number.NaN, Number.NaN]],
    ['float64', [2n ** 64n, 1n], [2 ** 64, 1]],
    [
      'float16',
      [300.7, 65_520, 65_519, 6e-8],
      [300.75, Number.POSITIVE_INFINITY, 65_504, 2 ** -24],
    ],
    ['object', [1n, null], [1, Number.NaN]],
    ['str', [1.5, 2n], ['1.5', '2.0']],
  ])('to %s (%#)', (dtype, values, expected) => {
    expect(cast(values, dtype)).toEqual(expected);
  });

  it.each<[Dtype, readonly PyValue[], string]>([
    ['int32', ['1.5'], "invalid literal for int() with base 10: '1.5'"],
    ['int32', ['3000000000'], 'Python integer 3000000000 out of bounds for int32'],
    ['int32', ['1', null], 'cannot convert float NaN to integer'],
    ['int64', [1n, null], 'Cannot convert non-finite values'],
    ['int64', [null], "not 'NoneType'"],
    ['int64', [2n ** 64n], 'Python int too large to convert to C long'],
    ['uint8', [-1.5], 'Cannot losslessly cast'],
    ['float64', ['0x10'], "could not convert string to float: '0x10'"],
    ['float64', [''], "could not convert string to float: ''"],
    ['float64', ['1__0'], 'could not convert'],
    ['float64', [[1n]], 'setting an array element with a sequence.'],
    ['float64', [new Map()], "not 'dict'"],
    ['float64', [10n ** 400n], 'int too large to convert to float'],
  ])('to %s refuses (%#)', (dtype, values, message) => {
    expect(() => cast(values, dtype)).toThrow(message);
  });

  it('says at which row it failed', () => {
    const cursor = { row: 0 };
    expect(() => castVector(inferVector(['1', '2', 'x']), 'int64', cursor)).toThrow();
    expect(cursor.row).toBe(2);
  });

  it('rounds 64-bit integers to float32 once', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const [result] = cast([value], 'float32') as [number];
        const distance = abs(BigInt(result) - value);
        const step = 2 ** Math.max(0, Math.floor(Math.log2(Math.abs(result) || 1)) - 23);
        expect(Number(distance) * 2).toBeLessThanOrEqual(step);
      }),
    );
  });
});

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}
