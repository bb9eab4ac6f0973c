import type { SlipwayError } from '../../errors/slipway-error.ts';
import type { ScalarType } from '../../model/signature.ts';
import { csvError } from './csv-error.ts';
import { cellText, type TokenTable } from './token-table.ts';

/** A column to read: where it stands, what it is called, what it must be. */
export interface ColumnTarget {
  readonly position: number;
  readonly name: string;
  readonly type: ScalarType;
  /** ISO 8601 datetimes are read instead of refused. */
  readonly lenientTypes: boolean;
}

/** An error about one cell of `target`. */
export function cellError(
  reason: string,
  table: TokenTable,
  target: ColumnTarget,
  row: number,
): SlipwayError {
  return csvError(reason, {
    row: table.firstRow + row + 1,
    column: target.name,
    value: cellText(table, row, target.position),
    expected: target.type,
  });
}

/** pandas' words for a cast that would change values. */
export function unsafeCast(to: string, from: string, target: ColumnTarget): string {
  return `cannot safely convert passed user dtype of ${to} for ${from} dtyped data in column ${target.position}`;
}
