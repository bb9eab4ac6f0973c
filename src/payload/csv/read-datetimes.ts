/** Datetime columns: refused as pandas' `dtype` argument refuses them, or read as ISO 8601. */
import { NOT_A_TIME } from '../../data/dtype.ts';
import type { Vector } from '../../data/vector.ts';
import { cellError, type ColumnTarget } from './column-target.ts';
import { csvError } from './csv-error.ts';
import { isNaToken } from './na-tokens.ts';
import { cellEnd, cellStart, cellText, type TokenTable } from './token-table.ts';

const isoPattern =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?(Z|[+-]\d{2}:?\d{2})?$/;

/** Nanoseconds since the epoch of an ISO 8601 date or datetime (UTC when it has an offset); null otherwise. */
export function parseIsoNanoseconds(text: string): bigint | null {
  const match = isoPattern.exec(text);
  if (match === null) return null;
  const [, date, clock = '00:00', seconds = '00', fraction = '', zone = 'Z'] = match;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
  const milliseconds = Date.parse(`${date}T${clock}:${seconds}${offset}`);
  if (Number.isNaN(milliseconds) || !isCalendarDate(date!)) return null;
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

/** False for 30 February, which Date.parse moves into March. */
function isCalendarDate(date: string): boolean {
  return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
}

const int64Limit = 2n ** 63n;

/** @throws INVALID_INPUT always, unless `lenientTypes`; then for cells that are no ISO 8601 datetime */
export function readDatetimes(table: TokenTable, target: ColumnTarget): Vector {
  if (!target.lenientTypes) {
    throw csvError(
      'the dtype datetime64[ns] is not supported for parsing, pass this column using parse_dates instead',
      { column: target.name, expected: 'a type other than datetime, or --lenient-types' },
    );
  }
  const values = new BigInt64Array(table.rowCount);
  for (let row = 0; row < table.rowCount; row++) {
    const start = cellStart(table, row, target.position);
    const end = cellEnd(table, row, target.position);
    values[row] = isNaToken(table.bytes, start, end) ? NOT_A_TIME : readOne(table, target, row);
  }
  return { dtype: 'datetime64[ns]', values };
}

function readOne(table: TokenTable, target: ColumnTarget, row: number): bigint {
  const nanoseconds = parseIsoNanoseconds(cellText(table, row, target.position));
  if (nanoseconds !== null && nanoseconds < int64Limit && nanoseconds > -int64Limit)
    return nanoseconds;
  throw cellError('not an ISO 8601 datetime', table, target, row);
}
