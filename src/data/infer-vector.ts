/**
 * The dtype that pandas gives to a list of Python values: `pd.Series(list)`, `infer_objects()`.
 * Source: pandas 3.1 `lib.maybe_convert_objects`.
 */
import { NOT_A_TIME } from './dtype.ts';
import { narrowNumbers, numericBytes } from './narrow-numbers.ts';
import {
  isNumpyScalar,
  isPyDatetime,
  type NumpyScalar,
  type PyDatetime,
  type PyValue,
} from './py-value.ts';
import type { Vector } from './vector.ts';

const int64Min = -(2n ** 63n);
const int64Max = 2n ** 63n - 1n;
const uint64Max = 2n ** 64n - 1n;

/** What kinds of values a list holds. */
interface Seen {
  none: boolean;
  nan: boolean;
  bool: boolean;
  float: boolean;
  int: boolean;
  string: boolean;
  datetime: boolean;
  /** A list, dict, array, bytes or an int beyond 64 bits: nothing but `object` holds it. */
  other: boolean;
  least: bigint;
  greatest: bigint;
  /** Bytes of the widest NumPy number; infinite once a Python number is among them, 0 before any. */
  width: number;
}

/** Makes a vector of the narrowest dtype that pandas would choose; an empty list gives `object`. */
export function inferVector(values: readonly PyValue[]): Vector {
  const seen = look(values);
  if (seen.other) return objects(values);
  const kinds = [seen.bool, seen.float || seen.int, seen.string, seen.datetime].filter(Boolean);
  if (kinds.length > 1) return objects(values);
  if (seen.string)
    return { dtype: 'str', values: values.map((v) => (typeof v === 'string' ? v : null)) };
  if (seen.bool) return inferBooleans(values, seen);
  if (seen.datetime) return inferDatetimes(values);
  const numbers = inferNumbers(values, seen);
  // NumPy numbers, NaN among them, keep the width of their widest; None is no NumPy number.
  return seen.none ? numbers : narrowNumbers(numbers, seen.width);
}

function look(values: readonly PyValue[]): Seen {
  const seen: Seen = {
    none: false,
    nan: false,
    bool: false,
    float: false,
    int: false,
    string: false,
    datetime: false,
    other: false,
    least: 0n,
    greatest: 0n,
    width: 0,
  };
  for (const value of values) note(seen, value);
  if (seen.least < int64Min || seen.greatest > uint64Max) seen.other = true;
  return seen;
}

function note(seen: Seen, value: PyValue): void {
  if (isNumpyScalar(value)) return noteNumpyScalar(seen, value);
  if (value === null) seen.none = true;
  else if (typeof value === 'number') {
    if (Number.isNaN(value)) seen.nan = true;
    else seen.float = true;
    seen.width = Number.POSITIVE_INFINITY;
  } else if (typeof value === 'bigint') noteInteger(seen, value);
  else if (typeof value === 'string') seen.string = true;
  else if (typeof value === 'boolean') seen.bool = true;
  else if (isPyDatetime(value)) seen.datetime = true;
  else seen.other = true;
}

function noteNumpyScalar(seen: Seen, scalar: NumpyScalar): void {
  const { width } = seen;
  note(seen, scalar.value);
  seen.width = Math.max(width, numericBytes[scalar.dtype]);
}

function noteInteger(seen: Seen, value: bigint): void {
  seen.int = true;
  seen.width = Number.POSITIVE_INFINITY;
  if (value < seen.least) seen.least = value;
  if (value > seen.greatest) seen.greatest = value;
}

function objects(values: readonly PyValue[]): Vector {
  return { dtype: 'object', values };
}

function inferBooleans(values: readonly PyValue[], seen: Seen): Vector {
  if (seen.none || seen.nan) return objects(values);
  return { dtype: 'bool', values: Uint8Array.from(values, (v) => (plain(v) === true ? 1 : 0)) };
}

function inferNumbers(values: readonly PyValue[], seen: Seen): Vector {
  if (seen.float || seen.nan || (seen.int && seen.none)) {
    if (seen.least < 0n && seen.greatest > int64Max) return objects(values);
    const numbers = Float64Array.from(values, (v) => (v === null ? Number.NaN : Number(plain(v))));
    return { dtype: 'float64', values: numbers };
  }
  if (!seen.int) return objects(values);
  if (seen.greatest <= int64Max) {
    return { dtype: 'int64', values: BigInt64Array.from(values, (v) => plain(v) as bigint) };
  }
  if (seen.least < 0n) return objects(values);
  return { dtype: 'uint64', values: BigUint64Array.from(values, (v) => plain(v) as bigint) };
}

function plain(value: PyValue): PyValue {
  return isNumpyScalar(value) ? value.value : value;
}

function inferDatetimes(values: readonly PyValue[]): Vector {
  const ticks = BigInt64Array.from(values, (v) => (isPyDatetime(v) ? v.nanoseconds : NOT_A_TIME));
  const units = values.filter((v): v is PyDatetime => isPyDatetime(v)).map((v) => v.unit ?? 'ns');
  const order = ['ns', 'us', 'ms', 's'] as const;
  const unit = order.find((name) => units.includes(name)) ?? 's';
  const size = { ns: 1n, us: 1000n, ms: 1_000_000n, s: 1_000_000_000n }[unit];
  return {
    dtype: `datetime64[${unit}]`,
    values: ticks.map((tick) => (tick === NOT_A_TIME ? tick : tick / size)),
  };
}
