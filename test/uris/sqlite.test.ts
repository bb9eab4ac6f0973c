/** Our reading of SQLite's format against SQLite's own, and damaged files. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPages, SqliteError } from '../../src/uri/sqlite/page-source.ts';
import { columnNames, readTable, type SqliteRow } from '../../src/uri/sqlite/read-table.ts';
import { referencePython } from '../conformance/reference-python.ts';

const script = fileURLToPath(new URL('make_databases.py', import.meta.url));
const columns = ['id', 'text', 'number', 'late'];
let folder = '';

function read(file: string, table = 'things'): readonly SqliteRow[] {
  const pages = openPages(file);
  try {
    return [...readTable(pages, table, columns)];
  } finally {
    pages.close();
  }
}

describe.skipIf(referencePython === null)('databases of SQLite (need the reference Python)', () => {
  let expected: Readonly<Record<string, readonly unknown[]>> = {};

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'slipway-sqlite-'));
    await promisify(execFile)(referencePython ?? '', [script, folder]);
    const text = await readFile(path.join(folder, 'expected.json'), 'utf8');
    expected = JSON.parse(text) as typeof expected;
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(['small', 'usual', 'big', 'one', 'wal'])(
    '%s: every row is read as SQLite reads it',
    (name) => {
      const rows = read(path.join(folder, `${name}.db`));
      expect(rows.map((row) => columns.map((column) => row[column]))).toEqual(expected[name]);
      expect(read(path.join(folder, `${name}.db`), 'nothing')).toEqual([]);
    },
  );

  it('a log that is cut counts up to its last whole transaction', async () => {
    const log = await readFile(path.join(folder, 'wal.db-wal'));
    await writeFile(path.join(folder, 'cut.db'), await readFile(path.join(folder, 'wal.db')));
    await writeFile(path.join(folder, 'cut.db-wal'), log.subarray(0, 32 + 1.5 * (24 + 4096)));
    const rows = read(path.join(folder, 'cut.db'));
    expect(rows.map(({ id }) => id)).toEqual(expected['wal']?.map((row) => (row as string[])[0]));
    expect(rows.some(({ text }) => text !== 'after')).toBe(true);
  });

  it('damaged files are refused or read, and nothing else happens', async () => {
    const whole = await readFile(path.join(folder, 'small.db'));
    const file = path.join(folder, 'damaged.db');
    let state = 1;
    const random = (limit: number): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state % limit;
    };
    let refused = 0;
    for (let round = 0; round < 400; round++) {
      const damaged = Buffer.from(
        round % 4 === 0 ? whole.subarray(0, random(whole.length)) : whole,
      );
      const reach = round % 2 === 0 ? 1024 : damaged.length;
      for (let hit = 0; hit < 12 && damaged.length > 0; hit++) {
        damaged[random(Math.min(reach, damaged.length))] = random(256);
      }
      await writeFile(file, damaged);
      try {
        read(file);
      } catch (error) {
        expect(error).toBeInstanceOf(SqliteError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(50);
  });

  it('a database that is being written is not read', async () => {
    await writeFile(path.join(folder, 'busy.db'), await readFile(path.join(folder, 'one.db')));
    await writeFile(path.join(folder, 'busy.db-journal'), Buffer.from([0xd9, 0xd5, 5, 0xf9]));
    expect(() => read(path.join(folder, 'busy.db'))).toThrow(/being written/);
  });
});

it.each([
  ["CREATE TABLE t (a INT, b VARCHAR(10, 2) DEFAULT 'x,(', PRIMARY KEY (a))", ['a', 'b']],
  [
    'CREATE TABLE "t" ("a b" TEXT, [c,d] TEXT, `e` REAL, FOREIGN KEY(a) REFERENCES x (y))',
    ['a b', 'c,d', 'e'],
  ],
  ['CREATE TABLE t(one)', ['one']],
])('%s', (sql, names) => {
  expect(columnNames(sql)).toEqual(names);
});
