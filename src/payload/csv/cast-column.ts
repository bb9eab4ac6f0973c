/**
 * Reads one column of one chunk as the type that the signature asks for, with pandas' rules for a
 * `dtype` argument: try the type itself, else infer and cast where no value changes.
 * Source: pandas 3.1 parsers.pyx _convert_tokens, _convert_with_dtype.
 */
import type { Vector } from '../../data/vector.ts';
import { castIntegers } from './cast-integers.ts';
import { cellError, type ColumnTarget, unsafeCast } from './column-target.ts';
import { inferColumn } from './infer-column.ts';
import { parseBoolean } from './parse-boolean.ts';
import { readBooleans, readDoubles, readTextObjects } from './read-cells.ts';
import { readDatetimes } from './read-datetimes.ts';
import { cellEnd, cellStart, cellText, type TokenTable } from './token-table.ts';

/** @throws INVALID_INPUT where pandas refuses */
export function castColumn(table: TokenTable, target: ColumnTarget): Vector {
  switch (target.type) {
    case 'integer':
    case 'long':
      return castIntegers(table, target);
    case 'float':
    case 'double':
      return castFloats(table, target);
    case 'boolean':
      return castBooleans(table, target);
    case 'string':
    case 'binary':
      return readTextObjects(table, target.position);
    case 'datetime':
      return readDatetimes(table, target);
  }
}

function castFloats(table: TokenTable, target: ColumnTarget): Vector {
  const doubles = readDoubles(table, target.position);
  const values =
    doubles.badRow < 0 ? doubles.values : floatsOfOtherTypes(table, target, doubles.badRow);
  return target.type === 'float'
    ? { dtype: 'float32', values: Float32Array.from(values) }
    : { dtype: 'float64', values };
}

/** Booleans count as 1 and 0 when the whole chunk is boolean; Python ints when they are exact. */
function floatsOfOtherTypes(table: TokenTable, target: ColumnTarget, badRow: number): Float64Array {
  const column = inferColumn(table, target.position);
  const booleans = readBooleans(table, target.position);
  if (booleans !== null) {
    const values = Float64Array.from(booleans.values);
    for (const row of booleans.missing) values[row] = NaN;
    return values;
  }
  const exact =
    column.dtype === 'object' &&
    column.values.every((value) => typeof value === 'bigint' && BigInt(Number(value)) === value);
  if (exact) return Float64Array.from(column.values, Number);
  const text = cellText(table, badRow, target.position);
  throw cellError(`could not convert string to float: '${text}'`, table, target, badRow);
}

function castBooleans(table: TokenTable, target: ColumnTarget): Vector {
  const booleans = readBooleans(table, target.position);
  if (booleans !== null) {
    if (booleans.missing.length === 0) return { dtype: 'bool', values: booleans.values };
    const reason = `Bool column has NA values in column ${target.position}`;
    throw cellError(reason, table, target, booleans.missing[0]!);
  }
  const column = inferColumn(table, target.position);
  if (column.dtype === 'int64' || column.dtype === 'float64') {
    const numbers = Array.from<number | bigint, number>(column.values, Number);
    const bad = numbers.findIndex((value) => value !== 0 && value !== 1);
    if (bad < 0) return { dtype: 'bool', values: Uint8Array.from(numbers) };
    throw cellError(unsafeCast('bool', column.dtype, target), table, target, bad);
  }
  const shown = column.dtype === 'str' ? 'object' : column.dtype;
  throw cellError(unsafeCast('bool', shown, target), table, target, firstNonBoolean(table, target));
}

function firstNonBoolean(table: TokenTable, target: ColumnTarget): number {
  for (let row = 0; row < table.rowCount; row++) {
    const start = cellStart(table, row, target.position);
    if (parseBoolean(table.bytes, start, cellEnd(table, row, target.position)) < 0) return row;
  }
  return 0;
}
