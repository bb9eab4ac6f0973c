import { describe, expect, it } from 'vitest';
import { NOT_A_TIME } from '../../data/dtype.ts';
import { frame } from '../../data/frame.ts';
import type { DatetimeVector } from '../../data/vector.ts';
import { toInputTable } from './input-table.ts';
import { numberValues } from './number-values.ts';

function read(ticks: readonly bigint[], more: Partial<DatetimeVector> = {}): readonly number[] {
  const data: DatetimeVector = {
    dtype: 'datetime64[ns]',
    values: BigInt64Array.from(ticks),
    ...more,
  };
  return Array.from(numberValues(toInputTable(frame([{ label: 'a', data }])), 0).values);
}

const refused = expect.objectContaining({ code: 'PREDICT_FAILED' });

// What CatBoost 1.2.10 makes of datetime columns of a frame.
describe('numberValues of datetimes', () => {
  it('counts nanoseconds', () => {
    expect(read([82n, 10n ** 18n])).toEqual([82, Math.fround(1e18)]);
  });

  it('refuses NaT, other units and instants, where there are rows', () => {
    expect(() => read([1n, NOT_A_TIME])).toThrow(refused);
    expect(() => read([1n], { dtype: 'datetime64[us]' })).toThrow(refused);
    expect(() => read([1n], { timeZone: 'UTC' })).toThrow(refused);
    expect(read([], { dtype: 'datetime64[us]' })).toEqual([]);
  });
});
