/** The payload log of a server: both ways of requests, streams, and a disk that is full. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type ServedScorer, serveScorer } from '../../test/server/serve-scorer.ts';
import { Metrics } from '../observe/metrics.ts';
import { openPayloadLog, type PayloadLog } from '../observe/payload-log.ts';

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

interface Logged extends ServedScorer {
  readonly log: PayloadLog;
}

async function serve(file: string): Promise<Logged> {
  const log = openPayloadLog({
    file,
    sample: 1,
    maxBytes: 1000,
    fileBytes: 1e6,
    files: 2,
    onError: () => undefined,
  });
  const served = await serveScorer({
    observed: { payloadLog: log, close: () => log.close() },
    meter: new Metrics().open('wine', '1'),
  });
  return { ...served, log };
}

async function newFile(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-payload-log-'));
  folders.push(folder);
  return path.join(folder, 'payloads.jsonl');
}

function post({ url }: Logged, body: string): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(`${url}/invocations`, { method: 'POST', headers, body });
}

/** Past Node's HTTP server. */
function postDirectly({ port }: Logged, body: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('data', (chunk) => {
      resolve(chunk.toString('latin1'));
      socket.destroy();
    });
    socket.write(
      `POST /invocations HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
  });
}

it('has requests and answers of a model, whichever way they went', async () => {
  const file = await newFile();
  const server = await serve(file);
  await (await post(server, '{"inputs": [1]}')).text();
  await postDirectly(server, '{"inputs": [2]}');
  await (await post(server, '{"inputs"')).text();
  await (await fetch(`${server.url}/ping`)).text();
  await server.stop();
  const lines = readFileSync(file, 'latin1').trimEnd().split('\n');
  const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(entries.map(({ request, status }) => [request, status])).toEqual([
    ['{"inputs": [1]}', 200],
    ['{"inputs": [2]}', 200],
    ['{"inputs"', 400],
  ]);
  expect(entries[0]).toMatchObject({ response: '{"predictions": [1.0]}', model: 'wine' });
  expect(entries[1]).toMatchObject({ response: '{"predictions": [1.0]}', model: 'wine' });
  expect(entries[2]).toMatchObject({ error: 'INVALID_INPUT' });
});

it.skipIf(!existsSync('/dev/full'))('on a full disk loses lines, and no request', async () => {
  const server = await serve('/dev/full');
  const answers = await Promise.all(
    Array.from({ length: 50 }, async () => (await post(server, '{"inputs": [1]}')).status),
  );
  expect(new Set(answers)).toEqual(new Set([200]));
  await server.stop();
  expect(server.log.dropped).toBe(50);
});
