/**
 * Integer stage of pandas' type inference: int64, then uint64, then Python ints of any size.
 * Source: pandas 3.1 parsers.pyx _try_int64, _try_uint64, _try_pylong.
 */
import type { Vector } from '../../data/vector.ts';
import type { PyValue } from '../../data/py-value.ts';
import { isNaToken } from './na-tokens.ts';
import { parseInteger, parsePythonInteger } from './parse-integer.ts';
import { cellEnd, cellStart, cellText, type TokenTable } from './token-table.ts';

/** What one attempt found. */
export type IntegerScan =
  /** All cells are int64 or missing; missing ones hold 0 in `values`. */
  | { readonly kind: 'int64'; readonly values: BigInt64Array; readonly missing: readonly number[] }
  | { readonly kind: 'uint64'; readonly values: BigUint64Array }
  /** Beyond uint64: Python ints. */
  | { readonly kind: 'overflow' }
  /** uint64 mixed with negative or missing cells. */
  | { readonly kind: 'conflict' }
  /** Some cell is no integer; `row` is the first. */
  | { readonly kind: 'invalid'; readonly row: number };

/** Tries to read a column as int64 or uint64. */
export function scanIntegers(table: TokenTable, column: number): IntegerScan {
  const { bytes, rowCount } = table;
  const values = new BigInt64Array(rowCount);
  const missing: number[] = [];
  for (let row = 0; row < rowCount; row++) {
    const start = cellStart(table, row, column);
    const end = cellEnd(table, row, column);
    if (isNaToken(bytes, start, end)) {
      missing.push(row);
      continue;
    }
    const cell = parseInteger(bytes, start, end);
    if (cell.kind === 'small') values[row] = BigInt(cell.small);
    else if (cell.kind === 'big') values[row] = cell.big;
    else if (cell.kind === 'invalid') return { kind: 'invalid', row };
    else return scanUnsigned(table, column);
  }
  return { kind: 'int64', values, missing };
}

const uint64Limit = 2n ** 64n;
const int64Max = 2n ** 63n - 1n;

function scanUnsigned(table: TokenTable, column: number): IntegerScan {
  const { bytes, rowCount } = table;
  const values = new BigUint64Array(rowCount);
  let seenSigned = false;
  let seenUnsigned = false;
  let seenMissing = false;
  for (let row = 0; row < rowCount; row++) {
    const start = cellStart(table, row, column);
    const end = cellEnd(table, row, column);
    if (isNaToken(bytes, start, end)) {
      seenMissing = true;
      continue;
    }
    const cell = parseInteger(bytes, start, end);
    if (cell.kind === 'invalid') {
      if (!startsNegative(table, row, column)) return { kind: 'invalid', row };
      seenSigned = true;
      continue;
    }
    const value = cell.kind === 'small' ? BigInt(cell.small) : cell.big;
    if (value >= uint64Limit) return { kind: 'overflow' };
    if (startsNegative(table, row, column)) seenSigned = true;
    else values[row] = value;
    if (value > int64Max) seenUnsigned = true;
  }
  if (seenUnsigned && (seenSigned || seenMissing)) return { kind: 'conflict' };
  return seenSigned ? { kind: 'overflow' } : { kind: 'uint64', values };
}

/** Upstream takes any cell that begins with a minus for a signed integer here. */
function startsNegative(table: TokenTable, row: number, column: number): boolean {
  return cellText(table, row, column).trimStart().startsWith('-');
}

/** Python ints, missing as NaN; null when some cell is no int. */
export function readPythonIntegers(table: TokenTable, column: number): Vector | null {
  const values: PyValue[] = [];
  for (let row = 0; row < table.rowCount; row++) {
    const start = cellStart(table, row, column);
    const end = cellEnd(table, row, column);
    if (isNaToken(table.bytes, start, end)) {
      values.push(NaN);
      continue;
    }
    const value = parsePythonInteger(cellText(table, row, column));
    if (value === null) return null;
    values.push(value);
  }
  return { dtype: 'object', values };
}
