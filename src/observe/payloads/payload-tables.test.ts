/** The payload log as Parquet: read back with another library than the one that writes it. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { afterEach, describe, expect, it } from 'vitest';
import type { PayloadEntry } from './payload-entry.ts';
import { PayloadTables } from './payload-tables.ts';
import { RotatedTables, type TableOutcome } from './rotated-tables.ts';
import { TableFile } from './table-file.ts';

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-tables-'));
  folders.push(folder);
  return folder;
}

function entryOf(number: number, request = `{"inputs": [${number}]}`): PayloadEntry {
  return {
    time: new Date(1_700_000_000_000 + number).toISOString(),
    requestId: `id-${number}`,
    method: 'POST',
    path: '/invocations',
    status: 200,
    model: 'wine',
    version: '1',
    rows: 1,
    durationMs: 0.5,
    request,
    response: 'é',
  };
}

function entriesOf(from: number, count: number): readonly PayloadEntry[] {
  return Array.from({ length: count }, (_, at) => entryOf(from + at));
}

async function read(file: string): Promise<Record<string, unknown>[]> {
  const bytes = Uint8Array.from(readFileSync(file));
  return parquetReadObjects({ file: bytes.buffer, compressors });
}

async function idsOf(file: string): Promise<number[]> {
  return (await read(file)).map(({ requestId }) => Number(String(requestId).slice(3)));
}

function numbers(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, at) => from + at);
}

describe('a table file', () => {
  it('is complete from the beginning and after each write', async () => {
    const file = path.join(await newFolder(), 'a.parquet');
    const table = new TableFile(file);
    expect(await read(file)).toEqual([]);
    for (let write = 0; write < 4; write++) {
      table.add(entriesOf(write * 10, 10));
      expect(await idsOf(file)).toEqual(numbers(0, (write + 1) * 10));
      expect(statSync(file).size).toBe(table.sizeBytes);
    }
    table.close();
    const [first] = await read(file);
    expect(first).toEqual({
      time: new Date(1_700_000_000_000),
      requestId: 'id-0',
      traceId: null,
      method: 'POST',
      path: '/invocations',
      status: 200,
      model: 'wine',
      version: '1',
      rows: 1,
      durationMs: 0.5,
      error: null,
      request: '{"inputs": [0]}',
      requestBase64: null,
      requestBytes: null,
      response: 'é',
      responseBase64: null,
      responseBytes: null,
    });
  });

  it('goes on behind a group that is full', async () => {
    const file = path.join(await newFolder(), 'a.parquet');
    const table = new TableFile(file);
    const noise = (): string =>
      Array.from({ length: 40_000 }, () => Math.random().toString(36)).join('');
    for (let number = 0; number < 6; number++) {
      table.add([entryOf(number, noise())]);
      expect(await idsOf(file)).toEqual(numbers(0, number + 1));
    }
    table.close();
    expect(table.sizeBytes).toBeGreaterThan(2 * 2 ** 20);
  });

  it.skipIf(process.platform !== 'linux')('keeps what it had when the disk is full', async () => {
    // A process may write files of 48 KiB at most: the write of the second group breaks off in its midst.
    const folder = await newFolder();
    const file = path.join(folder, 'a.parquet');
    const program = `
      import { TableFile } from ${JSON.stringify(new URL('../../../dist/observe/payloads/table-file.js', import.meta.url).href)};
      const table = new TableFile(${JSON.stringify(file)});
      const entry = (number, request) => ({ ...${JSON.stringify(entryOf(0))}, requestId: 'id-' + number, request });
      table.add([entry(0, 'a'), entry(1, 'b')]);
      const noise = Array.from({ length: 20000 }, () => Math.random().toString(36)).join('');
      try { table.add([entry(2, noise)]); } catch (error) { console.log(error.code); }
      table.add([entry(3, 'c')]);
    `;
    const script = path.join(folder, 'write.mjs');
    writeFileSync(script, program);
    const { stdout, stderr } = spawnSync(
      'sh',
      ['-c', `ulimit -f 96 && exec "$0" "$1"`, process.execPath, script],
      {
        encoding: 'utf8',
      },
    );
    expect([stdout, stderr]).toEqual(['EFBIG\n', '']);
    expect(await idsOf(file)).toEqual([0, 1, 3]);
  });
});

describe('tables', () => {
  it('are put aside when full or when others begin, and so many are kept', async () => {
    const file = path.join(await newFolder(), 'payloads.parquet');
    const outcomes: TableOutcome[] = [];
    const begin = (): RotatedTables =>
      new RotatedTables({ file, fileBytes: 4000, files: 3, waitMs: 1e6 }, (outcome) =>
        outcomes.push(outcome),
      );
    const first = begin();
    for (let number = 0; number < 200; number++) first.add([entryOf(number)]);
    first.close();
    const second = begin();
    second.add([entryOf(200)]);
    second.close();
    const folder = path.dirname(file);
    const names = readdirSync(folder).toSorted();
    expect(names).toEqual(['payloads.1.parquet', 'payloads.2.parquet', 'payloads.parquet']);
    expect(await idsOf(file)).toEqual([200]);
    const before = await Promise.all(
      ['payloads.2.parquet', 'payloads.1.parquet'].map((name) => idsOf(path.join(folder, name))),
    );
    const kept = before.flat();
    expect(kept).toEqual(numbers(200 - kept.length, kept.length));
    expect(kept.length).toBeGreaterThan(15);
    expect(outcomes.reduce((sum, { entries }) => sum + entries, 0)).toBe(201);
    expect(outcomes.filter(({ failure }) => failure !== null)).toEqual([]);
  });
});

describe('the thread that writes tables', () => {
  async function open(file: string): Promise<[PayloadTables, Error[]]> {
    const errors: Error[] = [];
    const onError = (error: Error): void => void errors.push(error);
    return [new PayloadTables({ file, fileBytes: 1e6, files: 2, onError }), errors];
  }

  it('writes what is left when the log is closed', async () => {
    const file = path.join(await newFolder(), 'payloads.parquet');
    const [tables, errors] = await open(file);
    expect(existsSync(file)).toBe(false);
    for (const entry of entriesOf(0, 50)) tables.write(entry);
    await tables.close();
    expect(await idsOf(file)).toEqual(numbers(0, 50));
    expect([tables.dropped, errors]).toEqual([0, []]);
    tables.write(entryOf(50));
    expect(tables.dropped).toBe(1);
  });

  it('drops what would take too much memory', async () => {
    const file = path.join(await newFolder(), 'payloads.parquet');
    const [tables] = await open(file);
    const large = 'x'.repeat(10 * 2 ** 20);
    for (let number = 0; number < 8; number++) tables.write(entryOf(number, large));
    expect(tables.dropped).toBe(2);
    await tables.close();
    expect(tables.dropped).toBe(2);
  });

  it.skipIf(!existsSync('/dev/full'))('counts what a full disk does not take', async () => {
    const file = path.join(await newFolder(), 'full.parquet');
    symlinkSync('/dev/full', file);
    const [tables, errors] = await open(file);
    for (const entry of entriesOf(0, 3)) tables.write(entry);
    await tables.close();
    expect(tables.dropped).toBe(3);
    expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining('ENOSPC')]);
  });

  it('fails at once where the file cannot be there', async () => {
    const folder = await newFolder();
    await expect(open(path.join(folder, 'no/such.parquet'))).rejects.toThrow('ENOENT');
  });
});
