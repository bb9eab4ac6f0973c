/** Models that change under load, on the built command. */
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { getFlavorBackend } from '../../src/backend/get-flavor-backend.ts';
import type { IndexedModel } from '../../src/repository/model-repository.ts';
import { exampleBody, highAnswer, linkModel, lowAnswer, putModel } from './example-models.ts';
import { type ServedProcess, startServing, until } from './served-process.ts';
import { askSteadily, postRequest } from './steady-clients.ts';

/** A few swaps in `npm test`; `npm run soak` goes on for a minute. */
const seconds = Number(process.env['SLIPWAY_SOAK_SECONDS'] ?? 2);
const timeout = 60_000 + seconds * 2000;

let folder: string;
let server: ServedProcess;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-lifecycle-'));
});

afterEach(async () => {
  await (server as ServedProcess | undefined)?.kill();
  rmSync(folder, { recursive: true, force: true });
});

async function index(): Promise<readonly IndexedModel[]> {
  const response = await fetch(`${server.url}/v2/repository/index`, { method: 'POST' });
  return (await response.json()) as readonly IndexedModel[];
}

async function stateOf(name: string): Promise<IndexedModel | undefined> {
  return (await index()).find((model) => model.name === name);
}

async function answerOf(name: string): Promise<string> {
  const response = await fetch(`${server.url}/models/${name}/invocations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: exampleBody,
  });
  return response.text();
}

function post(target: string): Promise<Response> {
  return fetch(`${server.url}/v2/repository/models/${target}`, { method: 'POST' });
}

describe('--watch', { timeout }, () => {
  it('swaps a model that changes without a lost or a mixed answer', async () => {
    const model = path.join(folder, 'model');
    linkModel(model, 'low');
    server = await startServing(['--runtime', 'native', '-m', model, '--watch', '50ms']);
    const { port } = server;
    const load = ['', 'Other: 1\r\n'].map((extra) =>
      askSteadily({
        port,
        clients: 4,
        request: postRequest('/invocations', exampleBody, extra),
      }),
    );
    const end = performance.now() + seconds * 1000;
    let swaps = 0;
    do {
      const [kind, answer] =
        swaps++ % 2 === 0 ? (['high', highAnswer] as const) : (['low', lowAnswer] as const);
      linkModel(model, kind);
      await until(async () => (await answerOf('mlflow-model')) === answer);
    } while (performance.now() < end || swaps < 2);
    for (const asked of load) asked.stop();
    await Promise.all(load.map(({ ended }) => ended));
    expect(load.flatMap(({ failures }) => failures)).toEqual([]);
    for (const { answers } of load) {
      expect([...answers.keys()].toSorted()).toEqual([highAnswer, lowAnswer].toSorted());
    }
  });

  it('keeps what answers when the new one cannot be loaded, and says so once', async () => {
    const model = path.join(folder, 'model');
    linkModel(model, 'low');
    server = await startServing(['--runtime', 'native', '-m', model, '--watch', '50ms']);
    linkModel(model, 'broken');
    await until(async () => (await stateOf('mlflow-model'))?.reason !== '');
    expect(await stateOf('mlflow-model')).toMatchObject({
      state: 'READY',
      reason: expect.stringMatching(
        /^not reloaded, the one before still answers: .*file is damaged/,
      ),
    });
    expect(await answerOf('mlflow-model')).toBe(lowAnswer);
    expect((await fetch(`${server.url}/ping`)).status).toBe(200);
    linkModel(model, 'high');
    await until(async () => (await answerOf('mlflow-model')) === highAnswer);
    expect(await stateOf('mlflow-model')).toMatchObject({ state: 'READY', reason: '' });
    const lines = server.errors().trimEnd().split('\n');
    expect(lines).toEqual([
      expect.stringMatching(
        /^slipway: note: .* has changed, but cannot be loaded: .*\[MODEL_FILE_INVALID\]$/,
      ),
      expect.stringMatching(/^slipway: note: .* has changed, and is loaded anew$/),
    ]);
  });

  it('takes in models and versions that appear in --models, and lets go of those that vanish', async () => {
    putModel(path.join(folder, 'a'), 'low');
    server = await startServing(['--runtime', 'native', '--models', folder, '--watch', '50ms']);
    putModel(path.join(folder, '.b'), 'high');
    renameSync(path.join(folder, '.b'), path.join(folder, 'b'));
    await until(async () => (await stateOf('b'))?.state === 'READY');
    expect(await answerOf('b')).toBe(highAnswer);
    rmSync(path.join(folder, 'b'), { recursive: true });
    await until(async () => (await index()).length === 1);
    expect((await fetch(`${server.url}/models/b/invocations`, { method: 'POST' })).status).toBe(
      404,
    );
    expect(await answerOf('a')).toBe(lowAnswer);
  });
});

describe('the repository', { timeout }, () => {
  it('loads and unloads models while the others answer', async () => {
    putModel(path.join(folder, 'a'), 'low');
    mkdirSync(path.join(folder, 'b'));
    putModel(path.join(folder, 'b/2'), 'low');
    putModel(path.join(folder, 'b/10'), 'high');
    putModel(path.join(folder, 'bad'), 'broken');
    server = await startServing([
      '--runtime',
      'native',
      '--models',
      folder,
      '--default-model',
      'a',
    ]);
    const { port, url } = server;
    expect((await index()).map(({ name, state }) => [name, state])).toEqual([
      ['a', 'READY'],
      ['b', 'READY'],
      ['b', 'READY'],
      ['bad', 'UNAVAILABLE'],
    ]);
    expect(server.errors()).toMatch(
      /^slipway: note: bad cannot be loaded: .*\[MODEL_FILE_INVALID\]\n$/,
    );
    expect(await (await fetch(`${url}/v2/models/b`)).json()).toMatchObject({
      versions: ['10', '2'],
    });
    expect([await answerOf('b'), await answerOf('b/versions/2')]).toEqual([highAnswer, lowAnswer]);
    const load = askSteadily({
      port,
      clients: 4,
      request: postRequest('/invocations', exampleBody),
    });
    for (let round = 0; round < 3; round++) {
      expect((await post('b/unload')).status).toBe(200);
      expect(await stateOf('b')).toMatchObject({ state: 'UNAVAILABLE', reason: 'unloaded' });
      const refused = await fetch(`${url}/v2/models/b/versions/10/infer`, { method: 'POST' });
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
      expect((await post('b/load')).status).toBe(200);
      expect(await answerOf('b')).toBe(highAnswer);
    }
    const failed = await post('bad/load');
    expect([failed.status, await failed.json()]).toMatchObject([
      500,
      { error: expect.stringContaining('file is damaged') },
    ]);
    rmSync(path.join(folder, 'bad'), { recursive: true });
    putModel(path.join(folder, 'bad'), 'high');
    expect((await post('bad/load')).status).toBe(200);
    expect(await answerOf('bad')).toBe(highAnswer);
    expect((await fetch(`${url}/ping`)).status).toBe(200);
    load.stop();
    await load.ended;
    expect(load.failures).toEqual([]);
    expect([...load.answers.keys()]).toEqual([lowAnswer]);
  });

  it('loads what it is told to with --model-control explicit', async () => {
    putModel(path.join(folder, 'a'), 'low');
    putModel(path.join(folder, 'b'), 'high');
    server = await startServing([
      '--runtime',
      'native',
      '--models',
      folder,
      '--model-control',
      'explicit',
      '--load-model',
      'b',
    ]);
    expect(await stateOf('a')).toMatchObject({ state: 'UNAVAILABLE', reason: 'not loaded' });
    const { url } = server;
    const invoke = async (): Promise<string> =>
      (
        await fetch(`${url}/invocations`, {
          method: 'POST',
          body: exampleBody,
          headers: { 'content-type': 'application/json' },
        })
      ).text();
    expect(await invoke()).toBe(highAnswer);
    expect((await post('a/load')).status).toBe(200);
    expect(await invoke()).toContain('Several models are served (a, b)');
  });

  it('is served by the library in a child process too', async () => {
    putModel(path.join(folder, 'a'), 'low');
    putModel(path.join(folder, 'b'), 'high');
    const model = path.join(folder, 'a');
    const backend = await getFlavorBackend(model, { runtime: 'native' });
    const handle = await backend.serve(model, {
      port: 0,
      host: '127.0.0.1',
      synchronous: false,
      models: folder,
      defaultModel: 'b',
      warmUp: false,
      drainDelaySeconds: 0,
      stderr: 'ignore',
      stdout: 'ignore',
    });
    const { url } = await handle.ready;
    const response = await fetch(`${url}/invocations`, {
      method: 'POST',
      body: exampleBody,
      headers: { 'content-type': 'application/json' },
    });
    expect(await response.text()).toBe(highAnswer);
    expect(await handle.terminate()).toBe(0);
  });
});
