/** Replays what pandas 3.1.1 made of odd texts (tools/reference/record-csv.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../data/frame.ts';
import type { PyValue } from '../../data/py-value.ts';
import type { ColumnSpec, ScalarType, Signature } from '../../model/signature.ts';
import { decodeCsv } from './decode-csv.ts';
import { toObjects } from './merge-chunks.ts';

type Recorded = readonly [string, unknown];

interface RecordedCase {
  readonly text: string;
  readonly types?: readonly (readonly [string | number, ScalarType])[];
  readonly error?: string;
  readonly columns?: readonly string[];
  readonly dtypes?: readonly string[];
  readonly values?: readonly (readonly Recorded[])[];
  readonly index?: readonly Recorded[] | null;
}

function load<T>(name: string): readonly T[] {
  const url = new URL(`../../../test/fixtures/csv/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as readonly T[];
}

function signatureOf(types: RecordedCase['types']): Signature | null {
  if (types === undefined) return null;
  const columns: ColumnSpec[] = [];
  for (const [key, type] of types) {
    const spec = { type: { kind: 'scalar', type }, required: true } as const;
    if (typeof key === 'string') columns.push({ ...spec, name: key });
    else {
      while (columns.length < key)
        columns.push({ type: { kind: 'scalar', type: 'string' }, required: true });
      columns.push(spec);
    }
  }
  return { inputs: { kind: 'columns', columns }, outputs: null, params: null, fromTypeHint: false };
}

function recordedForm(value: PyValue): Recorded {
  if (Array.isArray(value)) return ['list', (value as readonly PyValue[]).map(recordedForm)];
  if (typeof value === 'boolean') return ['bool', value];
  if (typeof value === 'bigint') return ['int', String(value)];
  if (typeof value === 'number') return ['float', value];
  return ['str', value];
}

function expectedForm([kind, value]: Recorded): Recorded {
  if (kind === 'list') return [kind, (value as readonly Recorded[]).map(expectedForm)];
  if (kind !== 'float') return [kind, value];
  return [kind, Number(String(value).replace('inf', 'Infinity').replace('nan', 'NaN'))];
}

function decode(recorded: RecordedCase): Frame {
  return decodeCsv(new TextEncoder().encode(recorded.text), signatureOf(recorded.types));
}

function check(recorded: RecordedCase): void {
  if (recorded.error !== undefined) {
    const reason = recorded.types === undefined ? recorded.error.trim() : 'Failed to parse input';
    expect(() => decode(recorded)).toThrow(reason);
    return;
  }
  const frame = decode(recorded);
  expect(frame.columns.map((column) => column.label)).toEqual(recorded.columns);
  expect(frame.columns.map((column) => column.data.dtype)).toEqual(recorded.dtypes);
  const values = frame.columns.map((column) => toObjects(column.data).map(recordedForm));
  expect(values).toEqual(recorded.values!.map((column) => column.map(expectedForm)));
  expect(frame.index?.map(recordedForm) ?? null).toEqual(recorded.index?.map(expectedForm) ?? null);
}

describe.each(['structures', 'columns', 'typed'])('%s', (name) => {
  it.each(
    load<RecordedCase>(name).map((one) => [JSON.stringify([one.text, one.types]), one] as const),
  )('reads %s as pandas does', (_, recorded) => check(recorded));
});

interface RecordedChunks {
  readonly first: string;
  readonly last: string;
  readonly dtype: string;
  readonly values: readonly Recorded[];
}

describe('columns whose chunks differ', () => {
  it.each(load<RecordedChunks>('chunks'))(
    'joins $first and $last',
    ({ first, last, dtype, values }) => {
      const row = (cell: string): string => `${cell}${',1'.repeat(9)}\n`;
      const text = `a${',b'.repeat(9)}\n${row(first).repeat(65_536)}${row(last).repeat(2)}`;
      const { data } = decodeCsv(new TextEncoder().encode(text), null).columns[0]!;
      const objects = toObjects(data);
      expect(data.dtype).toBe(dtype);
      expect([objects[0]!, objects.at(-1)!].map(recordedForm)).toEqual(values.map(expectedForm));
    },
  );
});
