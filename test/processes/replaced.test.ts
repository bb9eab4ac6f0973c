/** A process that replaces one which was killed serves what the others serve, whatever has become of the folder meanwhile. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exampleBody, highAnswer, linkModel, lowAnswer } from '../lifecycle/example-models.ts';
import { type ServedProcess, startServing, until } from '../lifecycle/served-process.ts';
import { type Reply, request } from '../soak/model-clients.ts';
import { childrenOf, isAlive } from './serving-group.ts';

let folder: string;
let server: ServedProcess;

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-replaced-'));
  for (const name of ['a', 'b']) put(name, 'low');
  server = await startServing(['--models', folder, '--runtime', 'native', '--workers', '2']);
});

afterEach(async () => {
  await server.kill();
  rmSync(folder, { recursive: true, force: true });
});

function put(name: string, kind: 'low' | 'high' | 'broken'): void {
  linkModel(path.join(folder, name), kind);
}

const ask = (name: string): Promise<Reply> =>
  request(server.port, `/models/${name}/invocations`, { body: exampleBody });

/** What requests in a row are answered, which the processes get in turn. */
async function answersOf(name: string, times = 4): Promise<ReadonlySet<string>> {
  const texts = [];
  for (let i = 0; i < times; i++) texts.push((await ask(name))?.text ?? 'lost');
  return new Set(texts);
}

async function killOne(): Promise<void> {
  const [victim = 0] = childrenOf(server.child.pid);
  process.kill(victim, 'SIGKILL');
  await until(() => !isAlive(victim));
}

describe.skipIf(process.platform !== 'linux')('a process that replaces another', () => {
  it('has the models of the others, and no more', { timeout: 60_000 }, async () => {
    put('b', 'broken');
    put('c', 'low');
    await killOne();
    const failedAgain = /b cannot be loaded[^]*damaged[^]*Another is started[^]*b cannot be loaded/;
    while (!failedAgain.test(server.errors())) {
      expect(await answersOf('a')).toEqual(new Set([lowAnswer]));
      expect(await answersOf('b')).toEqual(new Set([lowAnswer]));
      expect([404, 503]).toContain((await ask('c'))?.status);
    }
    put('b', 'low');
    await until(() => childrenOf(server.child.pid).length === 2);
    await until(async () => (await request(server.port, '/ping'))?.status === 200);
    for (let round = 0; round < 20; round++) {
      expect([404, 503]).toContain((await ask('c'))?.status);
      expect(await answersOf('b')).toEqual(new Set([lowAnswer]));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });

  it('begins with a change under which the other was killed', { timeout: 60_000 }, async () => {
    for (const kind of ['high', 'low', 'high', 'low', 'high'] as const) {
      await until(() => childrenOf(server.child.pid).length === 2);
      put('a', kind);
      const loading = request(server.port, '/v2/repository/models/a/load', { body: '{}' });
      await new Promise((resolve) => setTimeout(resolve, 10));
      await killOne();
      const reply = await loading;
      // None where it was the process that had been asked.
      if (reply !== null) expect(reply).toEqual({ status: 200, text: '' });
      else
        expect(
          (await request(server.port, '/v2/repository/models/a/load', { body: '{}' }))?.status,
        ).toBe(200);
      const answer = kind === 'high' ? highAnswer : lowAnswer;
      expect(await answersOf('a')).toEqual(new Set([answer]));
    }
  });
});
