/** Columns of the input → the kernel's buffer. */
import type { BinnedRows } from '../../trees/oblivious/binned-kernel.ts';
import { categoryReader } from './category-text.ts';
import type { InputTable } from './input-table.ts';
import type { MatchedColumns } from './match-columns.ts';
import { type NumberValues, numberValues } from './number-values.ts';

/** The columns that features need, converted. */
export interface FeatureColumns {
  readonly floats: readonly NumberValues[];
  /** Hashes. */
  readonly categories: readonly Int32Array[];
}

/** Rows for which a table of known hashes pays. */
const fewestCachedRows = 16;

/**
 * Converts all columns, those too that no tree uses: CatBoost refuses a call for any value that it can't convert.
 *
 * @param categoryPositions columns that hold categories
 * @throws PREDICT_FAILED
 */
export function convertColumns(
  table: InputTable,
  categoryPositions: ReadonlySet<number>,
  hash: (text: string) => number,
): readonly (NumberValues | Int32Array)[] {
  return table.columns.map((column, i) => {
    if (!categoryPositions.has(i)) return numberValues(table, i);
    const read = categoryReader(column, table.names?.[i] ?? i, table);
    const known = table.rowCount < fewestCachedRows ? null : new Map<string, number>();
    const hashes = new Int32Array(table.rowCount);
    for (let row = 0; row < table.rowCount; row += 1) {
      hashes[row] = known === null ? hash(read(row)) : cachedHash(read(row), known, hash);
    }
    return hashes;
  });
}

function cachedHash(
  text: string,
  known: Map<string, number>,
  hash: (text: string) => number,
): number {
  const found = known.get(text);
  if (found !== undefined) return found;
  const computed = hash(text);
  known.set(text, computed);
  return computed;
}

/** Picks the columns of the features. */
export function pickColumns(
  converted: readonly (NumberValues | Int32Array)[],
  { floats, categories }: MatchedColumns,
): FeatureColumns {
  return {
    floats: floats.map((at) => converted[at] as NumberValues),
    categories: categories.map((at) => converted[at] as Int32Array),
  };
}

/** Copies rows `firstRow … firstRow + rowCount - 1` into the buffer. */
export function fillRows(
  columns: FeatureColumns,
  rows: BinnedRows,
  firstRow: number,
  rowCount: number,
): void {
  const target = rows.floats;
  for (let feature = 0; feature < columns.floats.length; feature += 1) {
    const { values, start, stride } = columns.floats[feature] as NumberValues;
    const first = feature * rows.stride;
    let source = start + firstRow * stride;
    for (let at = first; at < first + rowCount; at += 1) {
      target[at] = values[source] as number;
      source += stride;
    }
  }
  for (const [column, hashes] of columns.categories.entries()) {
    rows.categories.set(hashes.subarray(firstRow, firstRow + rowCount), column * rows.stride);
  }
}
