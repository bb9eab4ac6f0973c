/**
 * Decoded Parquet values → the vector that `pyarrow.Table.to_pandas` gives: integers with nulls become
 * float64, booleans with nulls objects. Source: pyarrow 25 with pandas 3.1.
 */
import type { SchemaElement, SchemaTree } from 'hyparquet';
import { NOT_A_TIME, type DatetimeDtype } from '../../data/dtype.ts';
import { type NdArray, ndArray } from '../../data/nd-array.ts';
import type { PyValue } from '../../data/py-value.ts';
import type { Vector } from '../../data/vector.ts';

/** Values as the reader gives them: null or undefined is missing. */
export type RawValues = readonly unknown[];

/** Makes the vector of one top-level column; `timeZone` is used where its timestamps are instants. */
export function convertParquetColumn(tree: SchemaTree, raw: RawValues, timeZone: string): Vector {
  if (tree.children.length > 0)
    return { dtype: 'object', values: raw.map((value) => toNested(tree, value)) };
  const { element } = tree;
  const { logical_type: logical, converted_type: converted } = element;
  if (logical?.type === 'NULL') return { dtype: 'object', values: raw.map(() => null) };
  if (isDate(element)) return { dtype: 'object', values: raw.map(dateOf) };
  const unit = timestampUnit(element);
  if (unit !== null) return toDatetimes(element, raw, unit, timeZone);
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') return toObjects(raw);
  if (isText(element))
    return { dtype: 'str', values: raw.map((value) => (value ?? null) as string | null) };
  switch (element.type) {
    case 'BOOLEAN':
      return hasNulls(raw)
        ? toObjects(raw)
        : { dtype: 'bool', values: Uint8Array.from(raw, Number) };
    case 'INT32':
    case 'INT64':
      return toIntegers(integerDtype(element), raw);
    case 'FLOAT':
      return { dtype: 'float32', values: Float32Array.from(raw, toFloat) };
    case 'DOUBLE':
      return { dtype: 'float64', values: Float64Array.from(raw, toFloat) };
    default:
      return logical?.type === 'FLOAT16'
        ? { dtype: 'float16', values: Float32Array.from(raw, toFloat) }
        : toObjects(raw);
  }
}

function hasNulls(raw: RawValues): boolean {
  return raw.some((value) => value === null || value === undefined);
}

function toObjects(raw: RawValues): Vector {
  return { dtype: 'object', values: raw.map((value) => (value ?? null) as PyValue) };
}

function toFloat(value: unknown): number {
  return value === null || value === undefined ? NaN : Number(value);
}

function isText({
  type,
  converted_type: converted,
  logical_type: logical,
}: SchemaElement): boolean {
  const texts = ['UTF8', 'ENUM', 'JSON'];
  if (type !== 'BYTE_ARRAY') return false;
  return (
    texts.includes(converted ?? '') || ['STRING', 'ENUM', 'JSON'].includes(logical?.type ?? '')
  );
}

function isDate({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  return converted === 'DATE' || logical?.type === 'DATE';
}

const nanosecondsPerDay = 86_400_000_000_000n;

function dateOf(days: unknown): PyValue {
  if (typeof days !== 'number') return null;
  return { kind: 'datetime', nanoseconds: BigInt(days) * nanosecondsPerDay, unit: 'D' };
}

const timestampUnits = { MILLIS: 'ms', MICROS: 'us', NANOS: 'ns' } as const;

function timestampUnit(element: SchemaElement): 'ms' | 'us' | 'ns' | null {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (logical?.type === 'TIMESTAMP') return timestampUnits[logical.unit];
  if (converted === 'TIMESTAMP_MILLIS') return 'ms';
  if (converted === 'TIMESTAMP_MICROS') return 'us';
  return type === 'INT96' ? 'ns' : null;
}

function toDatetimes(
  element: SchemaElement,
  raw: RawValues,
  unit: string,
  timeZone: string,
): Vector {
  const values = BigInt64Array.from(raw, (value) =>
    typeof value === 'bigint' ? value : NOT_A_TIME,
  );
  const dtype = `datetime64[${unit}]` as DatetimeDtype;
  const logical = element.logical_type;
  const isInstant =
    logical?.type === 'TIMESTAMP' ? logical.isAdjustedToUTC : element.converted_type !== undefined;
  return isInstant ? { dtype, values, timeZone } : { dtype, values };
}

const arrays = {
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
} as const;

type IntegerDtype = keyof typeof arrays;

function integerDtype({
  type,
  converted_type: converted,
  logical_type: logical,
}: SchemaElement): IntegerDtype {
  if (logical?.type === 'INTEGER') {
    return `${logical.isSigned ? '' : 'u'}int${logical.bitWidth}` as IntegerDtype;
  }
  const match = /^(U?)INT_(\d+)$/.exec(converted ?? '');
  if (match !== null) return `${match[1] === 'U' ? 'u' : ''}int${match[2]}` as IntegerDtype;
  return type === 'INT32' ? 'int32' : 'int64';
}

function toIntegers(dtype: IntegerDtype, raw: RawValues): Vector {
  if (hasNulls(raw)) return { dtype: 'float64', values: Float64Array.from(raw, toFloat) };
  const values =
    dtype === 'int64' || dtype === 'uint64'
      ? arrays[dtype].from(raw as bigint[])
      : arrays[dtype].from(raw as number[]);
  return { dtype, values } as Vector;
}

/** Lists are arrays, structs dicts, as cells of an object column. */
function toNested(tree: SchemaTree, value: unknown): PyValue {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return toArray(tree, value as RawValues);
  if (typeof value !== 'object' || value instanceof Uint8Array) return value as PyValue;
  return new Map(
    Object.entries(value).map(([key, item]) => {
      const child = tree.children.find((one) => one.element.name === key);
      return [key, child === undefined ? (item as PyValue) : toNested(child, item)];
    }),
  );
}

function toArray(tree: SchemaTree, items: RawValues): NdArray {
  let leaf = tree;
  while (leaf.children.length === 1) leaf = leaf.children[0]!;
  if (leaf.children.length > 0 || items.some(Array.isArray)) {
    return ndArray({ dtype: 'object', values: items.map((item) => toNested(leaf, item)) });
  }
  const vector = convertParquetColumn(leaf, items, 'UTC');
  return ndArray(vector.dtype === 'str' ? { dtype: 'object', values: vector.values } : vector);
}
