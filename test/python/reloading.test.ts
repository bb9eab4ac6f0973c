/** Python models of a folder that change under load, on the built command. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { referencePython } from '../conformance/reference-python.ts';
import { type ServedProcess, startServing, until } from '../lifecycle/served-process.ts';
import { askSteadily, postRequest } from '../lifecycle/steady-clients.ts';
import { isAlive } from '../processes/serving-group.ts';
import { type ProbeModel, writeProbeModel } from './probe-model.ts';

const settings = '{"prompt": {"do": "settings"}}';

let folder: string;
let server: ServedProcess;
const saved: ProbeModel[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-python-models-'));
  mkdirSync(path.join(folder, 'models'));
});

afterEach(async () => {
  await (server as ServedProcess | undefined)?.kill();
  for (const model of saved.splice(0)) model.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Makes `models/probe` lead to a new model, in one step. */
async function putModel(version: number): Promise<void> {
  const model = await writeProbeModel({ config: { version } });
  saved.push(model);
  const link = path.join(folder, 'link');
  symlinkSync(model.folder, link);
  renameSync(link, path.join(folder, 'models/probe'));
}

async function processOf(): Promise<number> {
  const response = await fetch(`${server.url}/invocations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"prompt": {"do": "process"}}',
  });
  return ((await response.json()) as { pid: number }).pid;
}

describe.skipIf(referencePython === null)(
  'Python models of a folder (needs the reference Python)',
  { timeout: 120_000 },
  () => {
    it('are swapped without a lost request, and the old process ends', async () => {
      await putModel(1);
      const given = {
        '--models': path.join(folder, 'models'),
        '--watch': '50ms',
        '--runtime': 'python',
        '--env-manager': 'local',
        '--python': referencePython ?? '',
      };
      server = await startServing(Object.entries(given).flat());
      const load = ['/invocations', '/models/probe/invocations'].map((target) =>
        askSteadily({ port: server.port, clients: 2, request: postRequest(target, settings) }),
      );
      const hasAnswered = (version: number): boolean =>
        load.every(({ answers }) =>
          [...answers.keys()].some((text) => text.includes(`"version": ${version}`)),
        );
      await until(() => hasAnswered(1));
      const before = await processOf();
      await putModel(2);
      await until(() => hasAnswered(2));
      await until(() => !isAlive(before));
      expect(await processOf()).not.toBe(before);
      for (const asked of load) asked.stop();
      await Promise.all(load.map(({ ended }) => ended));
      expect(load.flatMap(({ failures }) => failures)).toEqual([]);
      for (const { answers } of load) expect(answers.size).toBe(2);
      const last = await processOf();
      server.child.kill('SIGTERM');
      expect(await server.ended).toEqual([0, null]);
      await until(() => !isAlive(last));
    });
  },
);
