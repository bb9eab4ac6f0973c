/** Replays what pandas made of small files (tools/reference/record-parquet.py). */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNdArray } from '../../data/nd-array.ts';
import type { PyValue } from '../../data/py-value.ts';
import { vectorValues } from '../../data/vector-values.ts';
import type { Vector } from '../../data/vector.ts';
import { isSlipwayError } from '../../errors/slipway-error.ts';
import { decodeParquet } from './decode-parquet.ts';
import { ParquetPool } from './parquet-pool.ts';

type Recorded = readonly [kind: string, value: unknown];

interface RecordedCase {
  readonly name: string;
  readonly body: string;
  readonly columns: readonly (string | number)[];
  readonly dtypes: readonly string[];
  readonly values: readonly (readonly Recorded[])[];
  readonly index: readonly Recorded[] | null;
  readonly rows: number;
}

const url = new URL('../../../test/fixtures/parquet/cases.json', import.meta.url);
const cases = JSON.parse(readFileSync(url, 'utf8')) as readonly RecordedCase[];

function recordedForm(value: PyValue): Recorded {
  if (value === null) return ['none', null];
  if (typeof value === 'boolean') return ['bool', value];
  if (typeof value === 'bigint') return ['int', String(value)];
  if (typeof value === 'number') return ['float', value];
  if (typeof value === 'string') return ['str', value];
  if (value instanceof Uint8Array) return ['bytes', Buffer.from(value).toString('hex')];
  if (Array.isArray(value)) return ['list', (value as readonly PyValue[]).map(recordedForm)];
  if (value instanceof Map)
    return ['dict', Array.from(value, ([key, item]) => [key, recordedForm(item)])];
  if (isNdArray(value)) return ['array', vectorValues(value.data).map(recordedForm)];
  if (!('nanoseconds' in value)) throw new Error('unexpected value');
  if (value.unit !== 'D') return ['time', String(value.nanoseconds)];
  return ['date', new Date(Number(value.nanoseconds / 1_000_000n)).toISOString().slice(0, 10)];
}

function expectedForm([kind, value]: Recorded): Recorded {
  if (kind === 'list' || kind === 'array')
    return [kind, (value as readonly Recorded[]).map(expectedForm)];
  if (kind === 'dict') {
    return [
      kind,
      (value as readonly [string, Recorded][]).map(([key, item]) => [key, expectedForm(item)]),
    ];
  }
  if (kind !== 'float') return [kind, value];
  return [kind, Number(String(value).replace('inf', 'Infinity').replace('nan', 'NaN'))];
}

function dtypeOf(vector: Vector): string {
  if (!('timeZone' in vector)) return vector.dtype;
  return `${vector.dtype.slice(0, -1)}, ${vector.timeZone}]`;
}

const bytesOf = (one: RecordedCase): Uint8Array => new Uint8Array(Buffer.from(one.body, 'base64'));

describe('decodeParquet', () => {
  it.each(cases)('reads $name as pandas does', async (one) => {
    const decoded = await decodeParquet(bytesOf(one));
    expect(decoded.columns.map((column) => column.label)).toEqual(one.columns);
    const dtypes = decoded.columns.map(({ data, extension }) => extension ?? dtypeOf(data));
    expect(dtypes).toEqual(one.dtypes);
    const values = decoded.columns.map((column) => vectorValues(column.data).map(recordedForm));
    expect(values).toEqual(one.values.map((column) => column.map(expectedForm)));
    expect(decoded.index?.map(recordedForm) ?? null).toEqual(one.index?.map(expectedForm) ?? null);
    expect(decoded.rowCount).toBe(one.rows);
  });

  it.each(['', 'PAR1', 'not parquet at all', 'PAR1xxxxPAR1'])('refuses %j', async (text) => {
    await expect(decodeParquet(new TextEncoder().encode(text))).rejects.toThrow(
      'Failed to parse input',
    );
  });

  it('answers damaged files with a frame or an error of the catalogue, in little memory', async () => {
    const pool = new ParquetPool({ limitsOf: () => ({ memoryMb: 128, timeMs: 1000 }) });
    const before = process.memoryUsage().rss;
    const change = fc.tuple(fc.nat(), fc.nat(255));
    const changes = fc.array(change, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.nat(cases.length - 1), changes, async (at, damage) => {
        const damaged = Uint8Array.from(bytesOf(cases[at]!));
        for (const [place, byte] of damage) damaged[place % damaged.length] = byte;
        await pool.read(damaged).catch((error: unknown) => {
          if (!isSlipwayError(error)) throw error;
        });
      }),
      { numRuns: Number(process.env['SLIPWAY_FUZZ_RUNS'] ?? 200) },
    );
    await pool.close();
    expect(process.memoryUsage().rss - before).toBeLessThan(512 * 2 ** 20);
  });
});
