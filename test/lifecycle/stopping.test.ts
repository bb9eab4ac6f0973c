/** How the built command stops: no request is lost that a client without retries has sent. */
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../architecture/source-files.ts';
import { exampleBody, lowAnswer } from './example-models.ts';
import { canConnect, type ServedProcess, startServing, until } from './served-process.ts';
import { askSteadily, postRequest } from './steady-clients.ts';

const model = path.join(projectRoot, 'examples/diabetes/model');
const timeout = 60_000;
const servers: ServedProcess[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.kill()));
});

async function serve(...args: string[]): Promise<ServedProcess> {
  const server = await startServing(['-m', model, ...args]);
  servers.push(server);
  return server;
}

const plain = postRequest('/invocations', exampleBody);
/** Our own reader does not know the header, so that Node's server answers. */
const viaNode = postRequest('/invocations', exampleBody, 'Other: 1\r\n');

/** Sends all but the end of a request. @returns the socket and the rest */
async function begin(port: number): Promise<readonly [net.Socket, string]> {
  const socket = net.connect(port, '127.0.0.1').setEncoding('latin1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(viaNode.slice(0, -10));
  return [socket, viaNode.slice(-10)];
}

describe('SIGTERM', { timeout }, () => {
  it.each([1, 2])('as well as SIGHUP loses nothing of %i processes', async (workers) => {
    const { child, port, ended, errors } = await serve('--workers', String(workers));
    const load = askSteadily({ port, clients: 6, request: plain });
    await until(() => load.count() > 200);
    child.kill('SIGHUP');
    await load.ended;
    expect(load.failures).toEqual([]);
    expect([await ended, errors()]).toEqual([[0, null], '']);
  });

  it('under load loses nothing, and ends with 0', async () => {
    const { child, port, ended, errors } = await serve();
    const load = [plain, viaNode, postRequest('/models/mlflow-model/invocations', exampleBody)].map(
      (request) => askSteadily({ port, clients: 6, request }),
    );
    await until(() => load.every((asked) => asked.count() > 200));
    child.kill('SIGTERM');
    await Promise.all(load.map((asked) => asked.ended));
    expect(load.flatMap(({ failures }) => failures)).toEqual([]);
    for (const { answers } of load) expect([...answers.keys()]).toEqual([lowAnswer]);
    expect([await ended, errors()]).toEqual([[0, null], '']);
  });

  it.each([1, 2])(
    'loses no request of clients that connect for each, of %i processes',
    async (workers) => {
      const { child, port, ended, errors } = await serve('--workers', String(workers));
      const load = [
        askSteadily({ port, clients: 6, request: plain }),
        ...[plain, viaNode].map((request) =>
          askSteadily({ port, clients: 6, request, reconnects: true }),
        ),
      ];
      await until(() => load.every((asked) => asked.count() > 50));
      child.kill('SIGTERM');
      await Promise.all(load.map((asked) => asked.ended));
      expect(load.flatMap(({ failures }) => failures)).toEqual([]);
      for (const { answers } of load) expect([...answers.keys()]).toEqual([lowAnswer]);
      expect([await ended, errors()]).toEqual([[0, null], '']);
    },
  );

  it('with a drain delay is not ready first, and serves on until then', async () => {
    const { child, port, url, ended } = await serve('--drain-delay', '2');
    let isReady = true;
    const load = askSteadily({
      port,
      clients: 4,
      request: plain,
      reconnects: true,
      goesOn: () => isReady,
    });
    await until(() => load.count() > 50);
    child.kill('SIGTERM');
    await until(async () => (await fetch(`${url}/v2/health/ready`)).status === 503);
    const before = load.count();
    await until(() => load.count() > before + 20);
    const ping = await fetch(`${url}/ping`);
    expect([ping.status, await ping.text()]).toEqual([503, 'The model is not ready: stopping.\n']);
    expect((await fetch(`${url}/v2/health/live`)).status).toBe(200);
    isReady = false;
    await load.ended;
    expect(load.failures).toEqual([]);
    expect(await ended).toEqual([0, null]);
  });

  it('waits for a request whose end is late, and says when it has waited long enough', async () => {
    const { child, port, ended } = await serve();
    const [socket, rest] = await begin(port);
    child.kill('SIGTERM');
    await until(async () => !(await canConnect(port)));
    let answer = '';
    socket.on('data', (text: string) => (answer += text)).write(rest);
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*connection: close[^]*89\.09034729003906/);
    expect(await ended).toEqual([0, null]);

    const hasty = await serve('--shutdown-timeout', '1');
    await begin(hasty.port);
    hasty.child.kill('SIGTERM');
    expect(await hasty.ended).toEqual([0, null]);
    expect(hasty.errors()).toBe(
      'slipway: warning: requests in flight took too long, and were cut off\n',
    );
  });

  it('twice ends at once', async () => {
    const { child, port, ended } = await serve();
    await begin(port);
    child.kill('SIGTERM');
    await until(async () => !(await canConnect(port)));
    child.kill('SIGTERM');
    expect(await ended).toEqual([null, 'SIGTERM']);
  });
});
