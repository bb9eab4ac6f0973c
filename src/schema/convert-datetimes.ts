/** Columns for `datetime`: any unit to nanoseconds, and objects as `Series.astype('datetime64[ns]')` reads them. */
import { NOT_A_TIME } from '../data/dtype.ts';
import { parseDatetime64 } from '../data/parse-datetime64.ts';
import { isPyDatetime, type PyValue } from '../data/py-value.ts';
import { pythonTypeName } from '../data/python-repr.ts';
import type { DatetimeVector, Vector } from '../data/vector.ts';
import { nanosecondsPer } from '../data/vector-values.ts';
import { schemaMismatch } from './schema-mismatch.ts';

const int64Limit = 2n ** 63n;

/** Converts to nanoseconds. @throws SCHEMA_ENFORCEMENT_FAILED for a time zone, or a year beyond 1677…2262 */
export function datetimesToNanoseconds(vector: DatetimeVector): Vector {
  if (vector.timeZone !== undefined) {
    throw schemaMismatch(
      'Please ensure that the input data of datetime column only contains timezone-naive datetime objects. ' +
        'Error: Cannot use .astype to convert from timezone-aware dtype to timezone-naive dtype. ' +
        "Use obj.tz_localize(None) or obj.tz_convert('UTC').tz_localize(None) instead.",
    );
  }
  const size = nanosecondsPer(vector.dtype);
  if (size === 1n) return vector;
  return {
    dtype: 'datetime64[ns]',
    values: vector.values.map((ticks) => toNanoseconds(ticks, size)),
  };
}

function toNanoseconds(ticks: bigint, size: bigint): bigint {
  if (ticks === NOT_A_TIME) return ticks;
  return checkRange(ticks * size);
}

function checkRange(nanoseconds: bigint): bigint {
  if (nanoseconds > -int64Limit && nanoseconds < int64Limit) return nanoseconds;
  throw schemaMismatch(
    'Out of bounds nanosecond timestamp: datetimes stand between 1677-09-21 and 2262-04-11.',
  );
}

/** Objects: None is "not a time"; ISO texts, datetimes and whole numbers (nanoseconds) are read. */
export function objectsToDatetimes(column: string | number, values: readonly PyValue[]): Vector {
  return {
    dtype: 'datetime64[ns]',
    values: BigInt64Array.from(values, (value) => readDatetime(column, value)),
  };
}

function readDatetime(column: string | number, value: PyValue): bigint {
  if (value === null || Number.isNaN(value) || isMissingText(value)) return NOT_A_TIME;
  if (isPyDatetime(value)) return checkRange(value.nanoseconds);
  if (typeof value === 'bigint') return checkRange(value);
  if (typeof value === 'number') return checkRange(BigInt(Math.trunc(value)));
  if (typeof value !== 'string')
    throw schemaMismatch(`<class '${pythonTypeName(value)}'> is not convertible to datetime`);
  try {
    const parsed = parseDatetime64(value);
    return parsed === null ? NOT_A_TIME : checkRange(parsed.nanoseconds);
  } catch {
    throw schemaMismatch(
      `Failed to convert column ${column} from type object to DataType.datetime.`,
    );
  }
}

/** pandas' texts for "not a time". */
function isMissingText(value: PyValue): boolean {
  return typeof value === 'string' && /^(nat|NaT|NAT|nan|NaN|NAN)?$/.test(value);
}
