import { describe, expect, it } from 'vitest';
import { NOT_A_TIME } from '../../data/dtype.ts';
import { inferVector } from '../../data/infer-vector.ts';
import type { PyValue } from '../../data/py-value.ts';
import { toDatetimes } from './to-datetimes.ts';

const convert = (...values: PyValue[]): bigint[] => [
  ...toDatetimes(inferVector(values), { row: 0 }).values,
];

// Expected values are those of pandas 3.1.1.
describe('toDatetimes', () => {
  it.each<[string, bigint]>([
    ['2024-01-02', 1704153600000000000n],
    ['2024-01-02T03:04:05.678', 1704164645678000000n],
    ['2024-01-02 03:04:05.123456789', 1704164645123456789n],
    ['2024-01-02 03:04', 1704164640000000000n],
    ['2024/1/2', 1704153600000000000n],
    ['01/02/2024', 1704153600000000000n],
    ['13/02/2024', 1707782400000000000n],
    ['01.02.2024 03:04:05', 1704164645000000000n],
    ['20240102', 1704153600000000000n],
    ['2024-01', 1704067200000000000n],
    ['Jan 2, 2024', 1704153600000000000n],
    ['02-Jan-2024', 1704153600000000000n],
    ['1969-12-31T23:59:59.5', -500000000n],
    ['2024-01-02T03:04:05+02:00', 1704157445000000000n],
    ['', NOT_A_TIME],
    ['NaT', NOT_A_TIME],
  ])('reads %j', (text, ticks) => {
    expect(convert(text)).toEqual([ticks]);
  });

  it.each([
    ['2024-13-01'],
    ['2024-02-30'],
    ['2024-01-02T24:00:00'],
    ['2262-04-12'],
    ['1677-09-21'],
    ['1'],
    ['x'],
    ['None'],
    ['2024-W01'],
    ['2024-01-02T03:04:05 EST'],
    ['01/02/24'],
  ])('refuses %j', (text) => {
    expect(() => convert(text)).toThrow();
  });

  it('takes the form of the first text for all', () => {
    expect(convert('13/02/2024', '01/02/2024')).toEqual([
      1707782400000000000n,
      1706745600000000000n,
    ]);
    expect(() => convert('01/02/2024', '13/02/2024')).toThrow('out of range');
    expect(() => convert('2024-01-02', '2024-01-02T03:04:05')).toThrow('the form of the first');
    expect(() => convert('2024-01-02T03:04:05.5', '2024-01-02T03:04:05')).toThrow();
    expect(convert('May 2 2024', 'June 3 2024')).toHaveLength(2);
    expect(() => convert('May 2 2024', 'Jun 3 2024')).toThrow();
    expect(convert('Jun 3 2024', 'May 2 2024')).toHaveLength(2);
  });

  it('marks texts with an offset, and refuses several offsets', () => {
    const vector = inferVector(['2024-01-02T03:04:05+0200', '2024-01-02T03:04:05+02:00']);
    expect(toDatetimes(vector, { row: 0 }).timeZone).toBe('UTC+02:00');
    expect(() => convert('2024-01-02T03:04:05Z', '2024-01-02T03:04:05+02:00')).toThrow('Mixed');
  });

  it('takes numbers as nanoseconds', () => {
    expect(convert(5n, null)).toEqual([5n, NOT_A_TIME]);
    expect(convert(-1.9, 1e19)).toEqual([-1n, NOT_A_TIME]);
    expect(convert(1n, '2024-01-02')).toEqual([1n, 1704153600000000000n]);
    expect(() => convert(2n ** 63n)).toThrow('cannot convert');
    expect(() => convert(true)).toThrow('bool');
  });
});
