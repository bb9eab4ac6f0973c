/**
 * A column → datetime64[ns] as `pandas.to_datetime` makes it: numbers are nanoseconds, the first text sets the
 * form for all texts. Source: pandas 3.1 core/tools/datetimes.py, _libs/tslibs/strptime.pyx.
 */
import { NOT_A_TIME } from '../../data/dtype.ts';
import type { PyValue } from '../../data/py-value.ts';
import { pythonClass, pythonStr } from '../../data/python-repr.ts';
import type { DatetimeVector, Vector } from '../../data/vector.ts';
import { isDatetimeVector, vectorValues } from '../../data/vector-values.ts';
import type { RowCursor } from './pack-values.ts';
import { type DateForm, readDateForm, readInForm } from './parse-pandas-datetime.ts';
import { pythonError } from './python-error.ts';

const int64Max = 2n ** 63n - 1n;
const missingTexts = new Set(['', 'NaT', 'nat', 'NAT', 'nan', 'NaN', 'NAN']);
const clockTexts = new Set(['now', 'today']);

/** Converts a column; `cursor.row` is the row at which it failed. @throws INVALID_INPUT */
export function toDatetimes(vector: Vector, cursor: RowCursor): DatetimeVector {
  if (isDatetimeVector(vector)) return vector;
  if (vector.dtype === 'bool') {
    throw pythonError('TypeError', 'dtype bool cannot be converted to datetime64[ns]');
  }
  const values = vectorValues(vector);
  if (vector.dtype === 'float64')
    return naive(values, (value) => floatTicks(value as number), cursor);
  if (vector.dtype !== 'str' && vector.dtype !== 'object') {
    return naive(values, (value) => integerTicks(value as bigint), cursor);
  }
  return readTexts(values, cursor);
}

function naive(
  values: readonly PyValue[],
  convert: (value: PyValue) => bigint,
  cursor: RowCursor,
): DatetimeVector {
  const ticks = BigInt64Array.from(values, (value, row) => {
    cursor.row = row;
    return convert(value);
  });
  return { dtype: 'datetime64[ns]', values: ticks };
}

/** What lies beyond 64 bits becomes NaT in a float column. */
function floatTicks(value: number): bigint {
  if (!Number.isFinite(value)) return NOT_A_TIME;
  const whole = BigInt(Math.trunc(value));
  return BigInt.asIntN(64, whole) === whole ? whole : NOT_A_TIME;
}

function integerTicks(value: bigint): bigint {
  if (value <= int64Max && value >= NOT_A_TIME) return value;
  throw pythonError('OutOfBoundsDatetime', `cannot convert input ${value} with the unit 'ns'`);
}

function readTexts(values: readonly PyValue[], cursor: RowCursor): DatetimeVector {
  const first = values.findIndex((value) => !isMissing(value) && !isClock(value));
  cursor.row = Math.max(first, 0);
  const text = values[first];
  const form = typeof text === 'string' ? readDateForm(text) : null;
  const column = naive(values, (value) => textTicks(value, form), cursor);
  const offset = form?.offsetMinutes;
  return offset === undefined ? column : { ...column, timeZone: nameZone(offset) };
}

function nameZone(offsetMinutes: number): string {
  if (offsetMinutes === 0) return 'UTC';
  const size = Math.abs(offsetMinutes);
  const [hours, minutes] = [Math.trunc(size / 60), size % 60].map((part) =>
    String(part).padStart(2, '0'),
  );
  return `UTC${offsetMinutes < 0 ? '-' : '+'}${hours}:${minutes}`;
}

function textTicks(value: PyValue, form: DateForm | null): bigint {
  if (isMissing(value)) return NOT_A_TIME;
  if (isClock(value)) return BigInt(Date.now()) * 1_000_000n;
  if (form !== null) return readInForm(pythonStr(value), form);
  if (typeof value === 'bigint') return integerTicks(value);
  if (typeof value === 'number') return floatTicks(value);
  if (typeof value !== 'string') {
    throw pythonError('TypeError', `${pythonClass(value)} is not convertible to datetime`);
  }
  return readInForm(value, readDateForm(value));
}

function isMissing(value: PyValue): boolean {
  if (typeof value === 'string') return missingTexts.has(value);
  return value === null || (typeof value === 'number' && Number.isNaN(value));
}

function isClock(value: PyValue): boolean {
  return typeof value === 'string' && clockTexts.has(value);
}
