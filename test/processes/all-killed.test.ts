/** Several processes that are all killed: the supervisor holds the ports, and whoever connects meanwhile waits. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callSteadily } from '../grpc/steady-calls.ts';
import { inferMessage } from '../lifecycle/example-models.ts';
import { type ServedProcess, startServing, until } from '../lifecycle/served-process.ts';
import { askSteadily, postRequest } from '../lifecycle/steady-clients.ts';
import { hasOpenssl, makeCertificate } from './certificates.ts';
import { childrenOf, exampleAnswer, exampleBody, exampleModel, isAlive } from './serving-group.ts';

let folder: string;
let server: ServedProcess;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-killed-'));
});

afterEach(async () => {
  await server.kill();
  rmSync(folder, { recursive: true, force: true });
});

async function serve(...args: string[]): Promise<void> {
  const native = ['-m', exampleModel, '--runtime', 'native', '--workers', '2'];
  server = await startServing([...native, ...args]);
}

/** Kills all processes; resolves when none is left. */
async function killAll(): Promise<void> {
  const processes = childrenOf(server.child.pid);
  expect(processes).toHaveLength(2);
  for (const pid of processes) process.kill(pid, 'SIGKILL');
  await until(() => !processes.some(isAlive));
}

/** Sends one request. @returns all that is answered */
async function converse(socket: net.Socket): Promise<string> {
  let answer = '';
  socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
  const request = postRequest('/invocations', exampleBody, 'Connection: close\r\n');
  socket.write(request.replace('Host: test', 'Host: localhost'));
  await once(socket, 'close');
  return answer;
}

async function askAllAnswered(connect: () => net.Socket): Promise<void> {
  await killAll();
  const answers = await Promise.all(Array.from({ length: 20 }, async () => converse(connect())));
  for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  for (const answer of answers) expect(answer.endsWith(exampleAnswer)).toBe(true);
}

describe.skipIf(process.platform !== 'linux')('who connects while no process is there', () => {
  it('to the port is answered', { timeout: 60_000 }, async () => {
    await serve();
    await askAllAnswered(() => net.connect(server.port, '127.0.0.1'));
  });

  it('to a unix socket is answered', { timeout: 60_000 }, async () => {
    const file = path.join(folder, 'socket');
    await serve('--unix-socket', file);
    await askAllAnswered(() => net.connect(file));
  });

  it.skipIf(!hasOpenssl())(
    'with TLS is answered (needs openssl)',
    { timeout: 60_000 },
    async () => {
      const { cert, key } = makeCertificate(folder, 'localhost');
      await serve('--tls-cert', cert, '--tls-key', key);
      const place = { port: server.port, host: '127.0.0.1', rejectUnauthorized: false };
      await askAllAnswered(() => tls.connect(place));
    },
  );

  it('by gRPC is answered', { timeout: 60_000 }, async () => {
    await serve('--grpc-port', '0');
    await killAll();
    const calls = callSteadily({
      port: server.grpcPort,
      clients: 8,
      message: inferMessage,
      atOnce: 2,
    });
    await until(() => calls.count() > 100);
    calls.stop();
    await calls.ended;
    expect(calls.failures).toEqual([]);
  });

  it('is never refused under load', { timeout: 60_000 }, async () => {
    await serve();
    const request = postRequest('/invocations', exampleBody);
    const load = askSteadily({ port: server.port, clients: 8, request, reconnects: true });
    for (let round = 0; round < 3; round++) {
      const before = load.count();
      await until(() => load.count() > before + 50);
      await until(() => childrenOf(server.child.pid).length === 2);
      await killAll();
    }
    const before = load.count();
    await until(() => load.count() > before + 200);
    load.stop();
    await load.ended;
    expect([...load.answers.keys()]).toEqual([exampleAnswer]);
    // What a process had in hand when it was killed is lost, one request a client at most.
    expect(load.failures.filter((failure) => failure !== '')).toEqual([]);
    expect(load.failures.length).toBeLessThanOrEqual(3 * 8);
    // All clients went on until they were told to stop: one that is refused ends.
    expect(load.refused()).toBe(0);
  });
});
