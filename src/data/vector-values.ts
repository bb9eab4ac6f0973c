/** Elements of a vector as Python values, as iterating a pandas Series gives them. */
import { NOT_A_TIME } from './dtype.ts';
import type { PyValue } from './py-value.ts';
import type { DatetimeVector, Vector } from './vector.ts';

const nanosecondsPerUnit = {
  ns: 1n,
  us: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  D: 86_400_000_000_000n,
} as const;

/** Unit of a datetime dtype: `ns` of `datetime64[ns]`. */
export function unitOf(dtype: DatetimeVector['dtype']): keyof typeof nanosecondsPerUnit {
  return dtype.slice('datetime64['.length, -1) as keyof typeof nanosecondsPerUnit;
}

/** Nanoseconds in one unit of a datetime dtype. */
export function nanosecondsPer(dtype: DatetimeVector['dtype']): bigint {
  return nanosecondsPerUnit[unitOf(dtype)];
}

/** True for a vector of datetimes. */
export function isDatetimeVector(vector: Vector): vector is DatetimeVector {
  return vector.dtype.startsWith('datetime64');
}

/** Element `index`: ints as bigint, a missing string as NaN, a missing datetime as null. */
export function elementAt(vector: Vector, index: number): PyValue {
  const value = vector.values[index] as PyValue;
  if (isDatetimeVector(vector)) return datetimeAt(vector, index);
  switch (vector.dtype) {
    case 'bool':
      return value === 1;
    case 'str':
      return value ?? Number.NaN;
    case 'float16':
    case 'float32':
    case 'float64':
    case 'bytes':
    case 'object':
      return value;
    default:
      return BigInt(value as number | bigint);
  }
}

function datetimeAt(vector: DatetimeVector, index: number): PyValue {
  const ticks = vector.values[index] ?? NOT_A_TIME;
  if (ticks === NOT_A_TIME) return null;
  const unit = unitOf(vector.dtype);
  return { kind: 'datetime', nanoseconds: ticks * nanosecondsPerUnit[unit], unit };
}

/** All elements, in order. */
export function vectorValues(vector: Vector): readonly PyValue[] {
  if (vector.dtype === 'object') return vector.values;
  return Array.from({ length: vector.values.length }, (_, index) => elementAt(vector, index));
}
