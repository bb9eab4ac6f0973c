/** What a model returned, as a JavaScript program wants it. */
import { type ColumnLabel, type Frame, isFrame } from '../data/frame.ts';
import { isNdArray, type NdArray } from '../data/nd-array.ts';
import type { PyDatetime, PyValue } from '../data/py-value.ts';
import type { Vector } from '../data/vector.ts';
import type { TypedArray } from './plain-input.ts';

/** Elements of one dtype: typed where JavaScript has the type as numbers, else a plain array. */
export type PlainColumn =
  | Exclude<TypedArray, BigInt64Array | BigUint64Array>
  | readonly PlainOutput[];

/**
 * A prediction: typed array or labels for one dimension, arrays of these for more, records for a table,
 * objects for dicts. Integers are numbers, and bigint only beyond 2^53; datetimes are Dates.
 */
export type PlainOutput =
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | PlainColumn
  | { readonly [key: string]: PlainOutput };

/** Converts a prediction. */
export function plainOutput(value: PyValue): PlainOutput {
  if (value === null || typeof value !== 'object') {
    return typeof value === 'bigint' ? plainInteger(value) : value;
  }
  if (value instanceof Uint8Array) return value;
  if (value instanceof Map) return plainDict(value);
  if (isFrame(value)) return plainRecords(value);
  if (isNdArray(value)) return plainArray(value);
  if (Array.isArray(value)) return value.map((item: PyValue) => plainOutput(item));
  return plainDate((value as PyDatetime).nanoseconds, 'ns');
}

function plainInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function plainDict(dict: ReadonlyMap<string, PyValue>): PlainOutput {
  return Object.fromEntries([...dict].map(([key, value]) => [key, plainOutput(value)]));
}

/** One record a row; labels become strings. */
function plainRecords({ columns, rowCount }: Frame): PlainOutput {
  const plain = columns.map(({ label, data }) => [labelText(label), plainColumn(data)] as const);
  return Array.from({ length: rowCount }, (_unused, row) =>
    Object.fromEntries(plain.map(([label, values]) => [label, values[row] ?? null])),
  );
}

function labelText(label: ColumnLabel): string {
  return typeof label === 'object' ? JSON.stringify(label) : String(label);
}

function plainArray({ shape, data }: NdArray): PlainOutput {
  const values = plainColumn(data);
  if (shape.length === 0) return values[0] ?? null;
  return nest(values, shape);
}

function nest(values: PlainColumn, shape: readonly number[]): PlainOutput {
  if (shape.length <= 1) return values;
  const [count = 0, ...rest] = shape;
  const size = rest.reduce((product, length) => product * length, 1);
  return Array.from({ length: count }, (_unused, at) =>
    nest(values.slice(at * size, (at + 1) * size), rest),
  );
}

function plainColumn({ dtype, values }: Vector): PlainColumn {
  if (dtype === 'bool') return Array.from(values, (value) => Boolean(value));
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    const unit = /^datetime64\[(.*)\]$/.exec(dtype)?.[1];
    return Array.from<bigint, PlainOutput>(values, (value) =>
      unit === undefined ? plainInteger(value) : plainDate(value, unit),
    );
  }
  if (Array.isArray(values)) return values.map((value: PyValue) => plainOutput(value));
  return values as PlainColumn;
}

/** Milliseconds in one unit, as numerator and denominator. */
const millisecondsOf: Readonly<Record<string, readonly [bigint, bigint]>> = {
  ns: [1n, 1_000_000n],
  us: [1n, 1_000n],
  ms: [1n, 1n],
  s: [1_000n, 1n],
  m: [60_000n, 1n],
  h: [3_600_000n, 1n],
  D: [86_400_000n, 1n],
};

function plainDate(value: bigint, unit: string): Date | null {
  const [up, down] = millisecondsOf[unit] ?? [1n, 1_000_000n];
  return value === -(2n ** 63n) ? null : new Date(Number((value * up) / down));
}
