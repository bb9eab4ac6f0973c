/** The payload log of several processes, on the built command: each has files of its own, and nothing is missing. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';

import os from 'node:os';
import path from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, childrenOf, exampleModel, serveGroup, type ServingGroup } from './serving-group.ts';

const timeout = 60_000;
const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

function newFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-payloads-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function serve(file: string, fileBytes: number): Promise<ServingGroup> {
  const given = {
    '-m': exampleModel,
    '--runtime': 'native',
    '--workers': '2',
    '--payload-log': file,
    '--payload-log-sample': '1',
    '--payload-log-files': '50',
    '--payload-log-file-bytes': String(fileBytes),
  };
  const group = await serveGroup(Object.entries(given).flat());
  cleanups.push(() => group.child.kill('SIGKILL'));
  return group;
}

/** Asks on connections of their own, which the processes get in turn. */
async function askOften({ port }: ServingGroup, times: number): Promise<void> {
  for (let i = 0; i < times; i++) expect((await ask(port, undefined)).status).toBe(200);
}

async function stop({ child, ended }: ServingGroup): Promise<void> {
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
}

describe.skipIf(process.platform !== 'linux')(
  'the payload log of two processes',
  { timeout },
  () => {
    it('is rotated by each for itself, and goes on with the process that replaces one', async () => {
      const folder = newFolder();
      const group = await serve(path.join(folder, 'log.jsonl'), 3000);
      await askOften(group, 20);
      const [victim = 0] = childrenOf(group.child.pid);
      // What a killed process has not written is lost.
      await expect.poll(() => requestIds(folder).length, { timeout }).toBe(20);
      process.kill(victim, 'SIGKILL');
      await expect
        .poll(() => childrenOf(group.child.pid).filter((pid) => pid !== victim), { timeout })
        .toHaveLength(2);
      await askOften(group, 20);
      await stop(group);
      const ids = requestIds(folder);
      expect([ids.length, new Set(ids).size]).toEqual([40, 40]);
      const names = readdirSync(folder);
      expect(new Set(names.map((name) => name.slice(0, 11)))).toEqual(
        new Set(['log-1.jsonl', 'log-2.jsonl']),
      );
      for (const name of names) {
        expect(statSync(path.join(folder, name)).size).toBeLessThanOrEqual(3000);
      }
      expect(names.length).toBeGreaterThan(4);
    });

    it('is Parquet where its name says so', async () => {
      const folder = newFolder();
      const group = await serve(path.join(folder, 'log.parquet'), 1e6);
      await askOften(group, 10);
      await stop(group);
      expect(readdirSync(folder).toSorted()).toEqual(['log-1.parquet', 'log-2.parquet']);
      const rows = await Promise.all(
        readdirSync(folder).map((name) => {
          const { buffer: file } = Uint8Array.from(readFileSync(path.join(folder, name)));
          return parquetReadObjects({ file, compressors });
        }),
      );
      expect(rows.map(({ length }) => length)).toEqual([5, 5]);
      expect(rows[0]?.[0]).toMatchObject({ status: 200, rows: 2, model: 'mlflow-model' });
    });
  },
);

function requestIds(folder: string): readonly unknown[] {
  return readdirSync(folder).flatMap((name) => {
    const lines = readFileSync(path.join(folder, name), 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => (JSON.parse(line) as { requestId: unknown }).requestId);
  });
}
