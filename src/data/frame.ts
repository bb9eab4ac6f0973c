/** A table by columns, as pandas' DataFrame: labels, vectors of equal length, an optional index. */
import type { PyValue } from './py-value.ts';
import type { Vector } from './vector.ts';

/** Column label: a string, or a position (0, 1, …) where the data had no names; a list is a MultiIndex entry. */
export type ColumnLabel = string | number | readonly ColumnLabel[];

/** One column. */
export interface Column {
  readonly label: ColumnLabel;
  readonly data: Vector;
  /** pandas' extension dtype of the column (`Int64`, `boolean`, `category`, …), of which `data` holds the values. */
  readonly extension?: string;
}

/** Columns of equal length `rowCount`. `index` is absent for the range 0..n-1. */
export interface Frame {
  readonly kind: 'frame';
  readonly columns: readonly Column[];
  readonly rowCount: number;
  readonly index?: readonly PyValue[];
}

/** Makes a frame; `rowCount` defaults to the length of the first column (0 without columns). */
export function frame(
  columns: readonly Column[],
  rowCount: number = columns[0]?.data.values.length ?? 0,
  index?: readonly PyValue[],
): Frame {
  return index === undefined
    ? { kind: 'frame', columns, rowCount }
    : { kind: 'frame', columns, rowCount, index };
}

/** True for a {@link Frame}. */
export function isFrame(value: unknown): value is Frame {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'frame';
}
