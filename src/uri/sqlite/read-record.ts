/** Records of SQLite: a header of types, then the values. Source: sqlite.org/fileformat2.html, section 2.1. */
import { SqliteError } from './page-source.ts';

/** A value; a blob is not read. */
export type SqliteValue = string | number | null;

/** A number of 1 to 9 bytes and where the next thing starts. */
export function readVarint(bytes: Buffer, start: number): readonly [value: number, end: number] {
  let value = 0;
  for (let index = 0; index < 8; index++) {
    const byte = bytes[start + index];
    if (byte === undefined) throw new SqliteError('a number in it is cut');
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return [value, start + index + 1];
  }
  const last = bytes[start + 8];
  if (last === undefined) throw new SqliteError('a number in it is cut');
  return [value * 256 + last, start + 9];
}

/** The values at `columns` (positions in the table); null where the record ends before. */
export function readRecord(payload: Buffer, columns: readonly number[]): readonly SqliteValue[] {
  const [headerBytes, first] = readVarint(payload, 0);
  if (headerBytes > payload.length) throw new SqliteError('a record of it is cut');
  const values: SqliteValue[] = columns.map(() => null);
  let at = headerBytes;
  for (let position = 0, next = first; next < headerBytes; position++) {
    const [type, end] = readVarint(payload, next);
    next = end;
    const length = lengthOf(type);
    if (at + length > payload.length) throw new SqliteError('a record of it is cut');
    const wanted = columns.indexOf(position);
    if (wanted >= 0) values[wanted] = readValue(payload, at, type, length);
    at += length;
  }
  return values;
}

const lengths = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0];

function lengthOf(type: number): number {
  return type >= 12 ? Math.floor((type - 12) / 2) : (lengths[type] ?? 0);
}

function readValue(payload: Buffer, at: number, type: number, length: number): SqliteValue {
  if (type >= 13 && type % 2 === 1) return payload.toString('utf8', at, at + length);
  if (type === 8 || type === 9) return type - 8;
  if (type === 7) return payload.readDoubleBE(at);
  if (type === 6) return Number(payload.readBigInt64BE(at));
  return type >= 1 && type <= 5 ? payload.readIntBE(at, length) : null;
}
