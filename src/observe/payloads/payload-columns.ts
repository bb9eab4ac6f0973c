/** The payload log's fields as columns of Parquet. */
import type { BasicType, ColumnSource } from 'hyparquet-writer';
import type { PayloadEntry } from './payload-entry.ts';

/** The types, in the order of the columns. */
const types: Readonly<Record<keyof PayloadEntry, BasicType>> = {
  time: 'TIMESTAMP',
  requestId: 'STRING',
  traceId: 'STRING',
  method: 'STRING',
  path: 'STRING',
  status: 'INT32',
  model: 'STRING',
  version: 'STRING',
  rows: 'INT32',
  durationMs: 'DOUBLE',
  error: 'STRING',
  request: 'STRING',
  requestBase64: 'STRING',
  requestBytes: 'INT32',
  response: 'STRING',
  responseBase64: 'STRING',
  responseBytes: 'INT32',
};

const names = Object.keys(types) as readonly (keyof PayloadEntry)[];

/** The columns of some entries; what an entry leaves out is null. */
export function payloadColumns(entries: readonly PayloadEntry[]): ColumnSource[] {
  return names.map((name) => ({
    name,
    type: types[name],
    data:
      name === 'time'
        ? entries.map(({ time }) => new Date(time))
        : entries.map((entry) => entry[name] ?? null),
    // They help who looks for a page, and would repeat what clients sent.
    offsetIndex: false,
    statistics: !/^re(quest|sponse)(Base64)?$/.test(name),
  }));
}
