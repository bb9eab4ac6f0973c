/** Models of several processes that change under load, on the built command: no request is lost, and all answer alike. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exampleBody, highAnswer, linkModel, lowAnswer } from '../lifecycle/example-models.ts';
import { type ServedProcess, startServing, until } from '../lifecycle/served-process.ts';
import { type Asked, askSteadily, postRequest } from '../lifecycle/steady-clients.ts';

let folder: string;
let model: string;
let server: ServedProcess;

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-processes-'));
  model = path.join(folder, 'model');
  linkModel(model, 'low');
  const given = { '--model-name': 'm', '--runtime': 'native', '--workers': '2', '--watch': '50ms' };
  server = await startServing(['-m', model, ...Object.entries(given).flat()]);
});

afterEach(async () => {
  await server.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** Clients of both processes: those that connect anew are handed over in turn. */
function askBoth(): readonly Asked[] {
  const request = postRequest('/invocations', exampleBody);
  return [true, false].map((reconnects) =>
    askSteadily({ port: server.port, clients: 4, request, reconnects }),
  );
}

async function answerOfBoth(load: readonly Asked[], answer: string): Promise<void> {
  for (const { answers } of load) {
    const before = answers.get(answer) ?? 0;
    await until(() => (answers.get(answer) ?? 0) > before + 20);
  }
}

async function stop(load: readonly Asked[]): Promise<void> {
  for (const asked of load) asked.stop();
  await Promise.all(load.map(({ ended }) => ended));
  expect(load.flatMap(({ failures }) => failures)).toEqual([]);
}

describe.skipIf(process.platform !== 'linux')('two processes', { timeout: 60_000 }, () => {
  it('swap a model that changes without a lost or a mixed answer', async () => {
    const load = askBoth();
    for (const [kind, answer] of [
      ['high', highAnswer],
      ['low', lowAnswer],
    ] as const) {
      linkModel(model, kind);
      await answerOfBoth(load, answer);
    }
    await stop(load);
    for (const { answers } of load) {
      expect([...answers.keys()].toSorted()).toEqual([highAnswer, lowAnswer].toSorted());
    }
  });

  it('both keep what answers when the new one cannot be loaded', async () => {
    const load = askBoth();
    await answerOfBoth(load, lowAnswer);
    linkModel(model, 'broken');
    await until(() => server.errors().includes('has changed, but cannot be loaded'));
    await answerOfBoth(load, lowAnswer);
    const response = await fetch(`${server.url}/v2/repository/models/m/load`, { method: 'POST' });
    expect(response.status).toBe(500);
    expect(await response.text()).toContain('file is damaged');
    await answerOfBoth(load, lowAnswer);
    await stop(load);
    for (const { answers } of load) expect([...answers.keys()]).toEqual([lowAnswer]);
  });
});
