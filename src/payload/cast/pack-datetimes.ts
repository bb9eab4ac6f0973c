/** Python values → datetime64 elements, as `np.array(list, 'datetime64[ns]')` makes them. Source: NumPy 2.4 datetime.c. */
import { type DatetimeDtype, NOT_A_TIME } from '../../data/dtype.ts';
import { isPyDatetime, type PyValue } from '../../data/py-value.ts';
import type { DatetimeVector } from '../../data/vector.ts';
import { nanosecondsPer } from '../../data/vector-values.ts';
import type { RowCursor } from './pack-values.ts';
import { parseNumpyDatetime } from './parse-numpy-datetime.ts';
import { pythonError } from './python-error.ts';

/** Converts every value: ints are ticks of the unit, texts ISO 8601, None is NaT. @throws INVALID_INPUT */
export function packDatetimes(
  values: readonly PyValue[],
  dtype: DatetimeDtype,
  cursor: RowCursor,
): DatetimeVector {
  const nanosecondsPerTick = nanosecondsPer(dtype);
  const ticks = BigInt64Array.from(values, (value, row) => {
    cursor.row = row;
    return toTicks(value, nanosecondsPerTick);
  });
  return { dtype, values: ticks };
}

function toTicks(value: PyValue, nanosecondsPerTick: bigint): bigint {
  if (value === null) return NOT_A_TIME;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (isPyDatetime(value)) return value.nanoseconds / nanosecondsPerTick;
  if (typeof value === 'bigint') {
    if (BigInt.asIntN(64, value) === value) return value;
    throw pythonError('OverflowError', 'int too big to convert');
  }
  if (typeof value !== 'string') {
    throw pythonError('ValueError', 'Could not convert object to NumPy datetime');
  }
  const nanoseconds = parseNumpyDatetime(value);
  if (nanoseconds === null) return NOT_A_TIME;
  return BigInt.asIntN(64, floorDivide(nanoseconds, nanosecondsPerTick));
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}
