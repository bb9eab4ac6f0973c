/** Readers of one column of cells as one type, the attempts that inference and casts are made of. */
import type { PyValue } from '../../data/py-value.ts';
import type { Vector } from '../../data/vector.ts';
import { isNaToken } from './na-tokens.ts';
import { parseBoolean } from './parse-boolean.ts';
import { parseDouble } from './parse-double.ts';
import { cellEnd, cellStart, decodeCell, type TokenTable } from './token-table.ts';

/** float64 values, missing as NaN; or the first row that is no number. */
export function readDoubles(
  table: TokenTable,
  column: number,
): { readonly values: Float64Array; readonly badRow: number } {
  const { bytes, ends, width, rowCount } = table;
  const values = new Float64Array(rowCount);
  let cell = column;
  for (let row = 0; row < rowCount; row++, cell += width) {
    const start = cell === 0 ? 0 : ends[cell - 1]!;
    const end = ends[cell]!;
    const value = parseDouble(bytes, start, end);
    values[row] = value;
    if (Number.isNaN(value) && !isNaToken(bytes, start, end)) return { values, badRow: row };
  }
  return { values, badRow: -1 };
}

/** Booleans as 0 and 1 with the missing rows; null when some cell is neither. */
export function readBooleans(
  table: TokenTable,
  column: number,
): { readonly values: Uint8Array; readonly missing: readonly number[] } | null {
  const { bytes, rowCount } = table;
  const values = new Uint8Array(rowCount);
  const missing: number[] = [];
  for (let row = 0; row < rowCount; row++) {
    const start = cellStart(table, row, column);
    const end = cellEnd(table, row, column);
    const value = parseBoolean(bytes, start, end);
    if (value >= 0) values[row] = value;
    else if (isNaToken(bytes, start, end)) missing.push(row);
    else return null;
  }
  return { values, missing };
}

/** How {@link readStrings} treats NA tokens. */
export type NaFilter = 'missing' | 'literal';

/** Cells as `str`; NA tokens are null unless `naFilter` is `literal`. */
export function readStrings(table: TokenTable, column: number, naFilter: NaFilter): Vector {
  return { dtype: 'str', values: readTexts(table, column, naFilter) };
}

/** Cells as an object column of raw text, missing as NaN: what the signature's string type asks for. */
export function readTextObjects(table: TokenTable, column: number): Vector {
  const values: PyValue[] = readTexts(table, column, 'missing').map((text) => text ?? NaN);
  return { dtype: 'object', values };
}

function readTexts(table: TokenTable, column: number, naFilter: NaFilter): (string | null)[] {
  const { bytes, rowCount } = table;
  const texts: (string | null)[] = [];
  for (let row = 0; row < rowCount; row++) {
    const start = cellStart(table, row, column);
    const end = cellEnd(table, row, column);
    const isMissing = naFilter === 'missing' && isNaToken(bytes, start, end);
    texts.push(isMissing ? null : decodeCell(bytes, start, end));
  }
  return texts;
}
