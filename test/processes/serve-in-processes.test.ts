/** `--workers N` for native models: processes that share a port, on the built command. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { getFlavorBackend } from '../../src/backend/get-flavor-backend.ts';
import { projectRoot } from '../architecture/source-files.ts';
import {
  ask,
  childrenOf,
  exampleAnswer,
  exampleBody,
  exampleModel,
  isAlive,
  serveGroup,
  type ServingGroup,
} from './serving-group.ts';

const timeout = 60_000;
const cleanups: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

async function serve(model: string, workers = 2): Promise<ServingGroup> {
  const group = await serveGroup([
    '-m',
    model,
    '--runtime',
    'native',
    '--workers',
    String(workers),
  ]);
  cleanups.push(async () => {
    group.child.kill('SIGKILL');
    await group.ended;
  });
  return group;
}

function copyModel(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-processes-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  const model = path.join(folder, 'model');
  cpSync(exampleModel, model, { recursive: true });
  return model;
}

function damage(model: string): void {
  const file = readdirSync(model).find((name) => name.startsWith('model.'));
  truncateSync(path.join(model, file ?? ''), 5000);
}

/** Lanes that each send one request after another on a connection of their own. */
async function load(port: number, until: () => boolean): Promise<readonly string[]> {
  const lanes = Array.from({ length: 16 }, async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const outcomes: string[] = [];
    while (!until()) {
      const outcome = await ask(port, agent).then(
        ({ status, text }) => (status === 200 && text === exampleAnswer ? 'right' : text),
        () => 'lost',
      );
      outcomes.push(outcome);
    }
    agent.destroy();
    return outcomes;
  });
  return (await Promise.all(lanes)).flat();
}

describe.skipIf(process.platform !== 'linux')(
  'serve --workers 2 of a native model',
  { timeout },
  () => {
    it('shares the port among two processes, and ends with 0', async () => {
      const { child, port, ended, errors } = await serve(exampleModel);
      const processes = childrenOf(child.pid);
      expect(processes).toHaveLength(2);
      for (let i = 0; i < 4; i++) {
        expect(await ask(port, undefined)).toEqual({ status: 200, text: exampleAnswer });
      }
      child.kill('SIGTERM');
      expect([await ended, errors()]).toEqual([0, '']);
      expect(processes.filter(isAlive)).toEqual([]);
    });

    it('loses only what a killed process had in hand, and replaces it', async () => {
      const { child, port, errors } = await serve(exampleModel);
      const [victim = 0] = childrenOf(child.pid);
      let done = false;
      const loading = load(port, () => done);
      await expect.poll(async () => (await ask(port, undefined)).status).toBe(200);
      process.kill(victim, 'SIGKILL');
      await expect
        .poll(errors, { timeout })
        .toContain(`Serving process ${victim} was ended by SIGKILL. Another is started.`);
      await expect
        .poll(() => childrenOf(child.pid).filter((pid) => pid !== victim), { timeout })
        .toHaveLength(2);
      done = true;
      const outcomes = await loading;
      expect(outcomes.filter((outcome) => !['right', 'lost'].includes(outcome))).toEqual([]);
      expect(outcomes.filter((outcome) => outcome === 'lost').length).toBeLessThanOrEqual(16);
      expect(outcomes.filter((outcome) => outcome === 'right').length).toBeGreaterThan(16);
    });

    it('keeps the port though all are killed', async () => {
      const { child, port } = await serve(exampleModel);
      const before = childrenOf(child.pid);
      for (const pid of before) process.kill(pid, 'SIGKILL');
      await expect.poll(() => before.some(isAlive), { timeout }).toBe(false);
      const status = async (): Promise<unknown> =>
        ask(port, undefined).then(
          (answer) => answer.text,
          () => null,
        );
      await expect.poll(status, { timeout }).toBe(exampleAnswer);
    });

    it('takes its processes along when it is killed', async () => {
      const { child } = await serve(exampleModel);
      const processes = childrenOf(child.pid);
      child.kill('SIGKILL');
      await expect.poll(() => processes.filter(isAlive), { timeout }).toEqual([]);
    });

    it('finishes what is in flight when it is told to stop', async () => {
      const { child, port, ended } = await serve(exampleModel);
      const sockets = Array.from({ length: 4 }, () =>
        net.connect(port, '127.0.0.1').setEncoding('utf8'),
      );
      const body = '{"inputs": 1}';
      const answers = sockets.map(
        (socket) =>
          new Promise<string>((resolve, reject) => {
            let text = '';
            socket.on('data', (chunk: string) => (text += chunk));
            socket.on('close', () => resolve(text));
            socket.on('error', reject);
            socket.write(
              `POST /invocations HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n{`,
            );
          }),
      );
      // Connections are handed over in order, so when this one is answered the others are in their processes.
      for (let i = 0; i < 2; i++) expect((await ask(port, undefined)).status).toBe(200);
      child.kill('SIGTERM');
      await expect
        .poll(
          () =>
            ask(port, undefined).then(
              () => true,
              () => false,
            ),
          { timeout },
        )
        .toBe(false);
      for (const socket of sockets) socket.write(body.slice(1));
      for (const answer of answers) expect(await answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(await ended).toBe(0);
    });

    it('changes the model in all processes or in none, and counts the requests of all', async () => {
      const model = copyModel();
      const { port, child } = await serve(model);
      const post = async (what: string): Promise<number> => {
        const url = `http://127.0.0.1:${port}/v2/repository/models/mlflow-model/${what}`;
        return (await fetch(url, { method: 'POST', headers: { connection: 'close' } })).status;
      };
      // Each on a connection of its own, so that both processes are asked.
      const askBoth = async (): Promise<ReadonlySet<number | undefined>> => {
        const statuses = [];
        for (let i = 0; i < 4; i++) statuses.push((await ask(port, undefined)).status);
        return new Set(statuses);
      };
      expect(await askBoth()).toEqual(new Set([200]));
      expect(await post('load')).toBe(200);
      expect(await askBoth()).toEqual(new Set([200]));
      expect(await post('unload')).toBe(200);
      const [unloaded, ...others] = await askBoth();
      expect([unloaded, others]).toEqual([expect.toSatisfy((status: number) => status >= 400), []]);
      // One that replaces another begins as the others are.
      const [victim = 0] = childrenOf(child.pid);
      process.kill(victim, 'SIGKILL');
      await expect.poll(() => isAlive(victim), { timeout }).toBe(false);
      expect(await askBoth()).toEqual(new Set([unloaded]));
      expect(await post('load')).toBe(200);
      expect(await askBoth()).toEqual(new Set([200]));
      damage(model);
      expect(await post('load')).toBeGreaterThanOrEqual(400);
      expect(await askBoth()).toEqual(new Set([200]));
      const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      const right = /^slipway_requests_total\{[^}]*invocations[^}]*200[^}]*\} (\d+)/m.exec(
        metrics,
      )?.[1];
      // Those since the model was loaded last, by both.
      expect(Number(right)).toBeGreaterThanOrEqual(8);
    });

    it('gives up with the reason when the model cannot be loaded any more', async () => {
      const model = copyModel();
      const { child, ended, errors } = await serve(model);
      damage(model);
      for (const pid of childrenOf(child.pid)) process.kill(pid, 'SIGKILL');
      expect(await ended).toBe(1);
      expect(errors()).toMatch(/is damaged[^\n]*\[MODEL_FILE_INVALID\]\n$/);
    });
  },
);

describe('serve --workers 2 that cannot start', { timeout }, () => {
  const main = path.join(projectRoot, 'dist/cli/main.js');
  const run = (model: string, port: number): { status: number | null; stderr: string } =>
    spawnSync(
      process.execPath,
      [main, 'serve', '-m', model, '--runtime', 'native', '-p', String(port), '-w', '2'],
      {
        encoding: 'utf8',
      },
    );

  it('says once that the model is damaged', () => {
    const model = copyModel();
    damage(model);
    const { status, stderr } = run(model, 0);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^slipway: [^\n]*is damaged[^\n]*\[MODEL_FILE_INVALID\]\n$/);
  });

  it('says once that the port is taken', async () => {
    const taken = net.createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => new Promise((resolve) => taken.close(resolve)));
    const { port } = taken.address() as net.AddressInfo;
    const { status, stderr } = run(exampleModel, port);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^slipway: Port \d+ on 127\.0\.0\.1 is taken [^\n]*\[PORT_IN_USE\]\n$/);
  });
});

it('a folder of models is served by several processes', { timeout }, async () => {
  const folder = path.dirname(copyModel());
  const group = await serveGroup(['--models', folder, '--runtime', 'native', '--workers', '2']);
  cleanups.push(async () => {
    group.child.kill('SIGTERM');
    expect(await group.ended).toBe(0);
  });
  for (let i = 0; i < 2; i++) {
    expect(await ask(group.port, undefined)).toEqual({ status: 200, text: exampleAnswer });
  }
});

describe.skipIf(process.platform !== 'linux')('the doors of several processes', { timeout }, () => {
  it('are those of one: a unix socket, with keys', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-processes-'));
    cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
    const unixSocket = path.join(folder, 'model.sock');
    const backend = await getFlavorBackend(exampleModel, { workers: 2 });
    const handle = await backend.serve(exampleModel, {
      port: 0,
      unixSocket,
      unixSocketMode: 0o600,
      apiKeys: ['one', 'two'],
      maxBodyBytes: 1000,
      synchronous: false,
      stdout: 'ignore',
    });
    cleanups.push(() => handle.terminate());
    expect(await handle.ready).toMatchObject({ url: `unix:${unixSocket}`, unixSocket });
    const post = (key: string, body: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const headers = { 'content-type': 'application/json', 'x-api-key': key };
        const options = { socketPath: unixSocket, path: '/invocations', method: 'POST', headers };
        const request = http.request({ ...options, agent: false }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        request.on('error', reject);
        request.end(body);
      });
    expect(await Promise.all([post('one', exampleBody), post('two', exampleBody)])).toEqual([
      200, 200,
    ]);
    expect(await Promise.all([post('three', exampleBody), post('', exampleBody)])).toEqual([
      401, 401,
    ]);
    expect(await post('one', exampleBody.padEnd(1001))).toBe(413);
    expect(statSync(unixSocket).mode & 0o777).toBe(0o600);
    expect(await handle.terminate()).toBe(0);
  });
});

describe.skipIf(process.platform !== 'linux')('limits of several processes', { timeout }, () => {
  async function serveLimited(...limits: string[]): Promise<number> {
    const args = ['-m', exampleModel, '--runtime', 'native', '--workers', '2', ...limits];
    const { port, child, ended } = await serveGroup(args);
    cleanups.push(async () => {
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
    });
    return port;
  }

  /** Connects, and sends `text`. @returns what comes until the connection ends */
  async function answerTo(port: number, text: string, isHalfClosed = false): Promise<string> {
    const socket = net.connect(port, '127.0.0.1').setEncoding('latin1');
    let answer = '';
    socket.on('data', (chunk: string) => (answer += chunk)).on('error', () => undefined);
    if (isHalfClosed) socket.end(text);
    else socket.write(text);
    await new Promise((resolve) => socket.on('close', resolve));
    return answer;
  }

  it('hold for a head that is late, as for one', async () => {
    const port = await serveLimited('--header-timeout', '1');
    const late = 'POST /v2/models HTTP/1.1\r\nHost: loc';
    const answers = await Promise.all([answerTo(port, late), answerTo(port, late)]);
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 504 /);
  });

  it('hold for connections, in each', async () => {
    const port = await serveLimited('--max-connections', '1');
    const held = [net.connect(port, '127.0.0.1'), net.connect(port, '127.0.0.1')];
    await Promise.all(held.map((socket) => once(socket, 'connect')));
    const request = 'GET /ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    expect(await answerTo(port, request)).toBe('');
    for (const socket of held) socket.destroy();
    await expect.poll(() => answerTo(port, request), { timeout }).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('let a client end its side before it is answered', async () => {
    const port = await serveLimited();
    const request = 'GET /v2 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    const [ofTwo, ofOne] = await Promise.all([
      answerTo(port, request, true),
      serveGroup(['-m', exampleModel, '--runtime', 'native']).then(async (one) => {
        const answer = await answerTo(one.port, request, true);
        one.child.kill('SIGTERM');
        await one.ended;
        return answer;
      }),
    ]);
    expect(ofTwo.slice(0, 15)).toBe(ofOne.slice(0, 15));
  });
});

it('the library serves in several processes as well', { timeout }, async () => {
  const backend = await getFlavorBackend(exampleModel, { workers: 2 });
  const handle = await backend.serve(exampleModel, {
    port: 0,
    host: '127.0.0.1',
    synchronous: false,
    stdout: 'ignore',
  });
  const { port } = await handle.ready;
  expect(await ask(port, undefined)).toEqual({ status: 200, text: exampleAnswer });
  expect(await handle.terminate()).toBe(0);
});
