/** Objects for a `double` column. Source: pandas 3.1 `to_numeric(errors='raise')`, `lib.maybe_convert_numeric`. */
import { isNdArray } from '../data/nd-array.ts';
import { isNumpyScalar, isPyDict, isPyList, type PyValue } from '../data/py-value.ts';
import type { Vector } from '../data/vector.ts';
import { schemaMismatch } from './schema-mismatch.ts';

const int64Min = -(2n ** 63n);
const int64Max = 2n ** 63n - 1n;
const uint64Max = 2n ** 64n - 1n;

interface Parsed {
  readonly kind: 'int' | 'float' | 'bool' | 'null';
  readonly value: bigint | number;
}

/** Parses numbers, texts of numbers, booleans and None. @throws SCHEMA_ENFORCEMENT_FAILED naming the column */
export function objectsToNumbers(column: string | number, values: readonly PyValue[]): Vector {
  if (values.length === 0) return integers([]);
  const parsed = values.map((value, row) => parse(column, value, row));
  const has = (kind: Parsed['kind']): boolean => parsed.some((item) => item.kind === kind);
  if (isConflict(parsed)) return { dtype: 'object', values };
  if (has('float') || has('null')) return floats(parsed);
  if (isBeyond(parsed)) return onlyIntegers(parsed);
  if (!has('int')) return bools(parsed);
  return integers(parsed);
}

function floats(parsed: readonly Parsed[]): Vector {
  return { dtype: 'float64', values: Float64Array.from(parsed, ({ value }) => Number(value)) };
}

function bools(parsed: readonly Parsed[]): Vector {
  return { dtype: 'bool', values: Uint8Array.from(parsed, ({ value }) => Number(value)) };
}

function integers(parsed: readonly Parsed[]): Vector {
  const numbers = parsed.map(({ value }) => BigInt(value));
  if (numbers.every((value) => value <= int64Max)) {
    return { dtype: 'int64', values: BigInt64Array.from(numbers) };
  }
  return { dtype: 'uint64', values: BigUint64Array.from(numbers) };
}

/** An int that only uint64 holds, beside a negative one or a gap: the column is left as it was. */
function isConflict(parsed: readonly Parsed[]): boolean {
  const { isWide, isNegative } = spanOf(parsed);
  return isWide && (isNegative || parsed.some((item) => item.kind === 'null'));
}

/** Ints that no 64-bit type holds: pandas keeps those, and loses booleans beside them. */
function isBeyond(parsed: readonly Parsed[]): boolean {
  return parsed.some(
    ({ kind, value }) => kind === 'int' && (value > uint64Max || value < int64Min),
  );
}

function onlyIntegers(parsed: readonly Parsed[]): Vector {
  const values = parsed.map(({ kind, value }) => (kind === 'int' ? value : null));
  return { dtype: 'object', values };
}

function spanOf(parsed: readonly Parsed[]): { isWide: boolean; isNegative: boolean } {
  const numbers = parsed.filter(({ kind }) => kind === 'int');
  return {
    isWide: numbers.some(({ value }) => value > int64Max && value <= uint64Max),
    isNegative: numbers.some(({ value }) => value < 0n),
  };
}

function parse(column: string | number, value: PyValue, row: number): Parsed {
  if (isNumpyScalar(value)) return parse(column, value.value, row);
  if (value === null || isEmpty(value)) return { kind: 'null', value: Number.NaN };
  if (typeof value === 'number') return { kind: 'float', value };
  if (typeof value === 'bigint') return { kind: 'int', value };
  if (typeof value === 'boolean') return { kind: 'bool', value: value ? 1n : 0n };
  if (typeof value === 'string') return parseText(column, value, row);
  if (value instanceof Uint8Array)
    return parseText(column, new TextDecoder('latin1').decode(value), row);
  if (isNdArray(value) && value.shape.length === 0) throw schemaMismatch('len() of unsized object');
  throw schemaMismatch(`Invalid object type at position ${row}`, {
    column,
    row,
    expectedType: 'double',
  });
}

function isEmpty(value: PyValue): boolean {
  if (typeof value === 'string' || isPyList(value)) return value.length === 0;
  if (value instanceof Uint8Array) return value.length === 0;
  return (isPyDict(value) && value.size === 0) || (isNdArray(value) && value.shape[0] === 0);
}

function parseText(column: string | number, text: string, row: number): Parsed {
  const trimmed = text.trim();
  if (/^[+-]?\d+$/.test(trimmed)) return { kind: 'int', value: BigInt(trimmed.replace('+', '')) };
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed))
    return { kind: 'float', value: Number(trimmed) };
  const infinity = /^([+-]?)inf(inity)?$/i.exec(trimmed);
  if (infinity !== null)
    return { kind: 'float', value: infinity[1] === '-' ? -Infinity : Infinity };
  throw schemaMismatch(`Failed to convert column ${column} from type object to DataType.double.`, {
    column,
    row,
    value: text.slice(0, 100),
    expectedType: 'double',
  });
}
