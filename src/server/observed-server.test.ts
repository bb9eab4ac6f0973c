/** What is seen of requests, on a real socket: counts, ids, headers and lines of the log. */
import { openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { serveScorer } from '../../test/server/serve-scorer.ts';
import type { Scorer } from '../contract/scorer.ts';
import { slipwayError } from '../errors/slipway-error.ts';
import { createAccessLog } from '../observe/access-log.ts';
import { LineWriter } from '../observe/line-writer.ts';
import { Metrics } from '../observe/metrics.ts';
import { createRequestIds } from '../observe/request-id.ts';

const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

interface Observed {
  readonly url: string;
  readonly port: number;
  readonly metrics: Metrics;
  /** Stops the server; then the lines of its access log. */
  stop(): Promise<readonly Record<string, unknown>[]>;
}

async function serve(scorer: Partial<Scorer> = {}): Promise<Observed> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-observed-'));
  ends.push(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'access.log');
  const writer = new LineWriter({ fd: openSync(file, 'a') });
  const metrics = new Metrics();
  const { url, port, stop } = await serveScorer({
    scorer: { predict: async () => [1, 2], ...scorer },
    observed: {
      metrics,
      requestIds: createRequestIds(),
      serverTiming: true,
      accessLog: createAccessLog(writer, 'info'),
      close: () => writer.close(),
    },
    meter: metrics.open('wïne', '2'),
  });
  ends.push(stop);
  return {
    url,
    port,
    metrics,
    stop: async () => {
      await stop();
      const lines = readFileSync(file, 'latin1').split('\n').slice(0, -1);
      return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    },
  };
}

function post(
  { url }: Observed,
  headers: Record<string, string> = {},
  body = '{"inputs": [[1, 2], [3, 4], [5, 6]]}',
): Promise<Response> {
  return fetch(`${url}/invocations?secret=1`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** Code, how often. */
function codesOf(metrics: Metrics, model: string): Record<string, number> {
  const meter = metrics.meters().find(({ name }) => name === model);
  const statuses = [...(meter?.routes ?? [])].flatMap((route) => route.statuses());
  return Object.fromEntries(statuses);
}

const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('an answer', () => {
  it('has the id of its request: the one it came with, else a new one', async () => {
    const server = await serve();
    const given = await post(server, { 'x-request-id': 'abc-1' });
    expect(given.headers.get('x-request-id')).toBe('abc-1');
    const ids = new Set<string | null>();
    for (const bad of [undefined, '', 'a b', '"', 'x'.repeat(129), '<script>']) {
      const answer = await post(server, bad === undefined ? {} : { 'x-request-id': bad });
      ids.add(answer.headers.get('x-request-id'));
      await answer.arrayBuffer();
    }
    expect(ids.size).toBe(6);
    for (const id of ids) expect(id).toMatch(/^[\w-]{12}$/);
  });

  it('goes on with the trace that it is part of, if that is one', async () => {
    const server = await serve();
    expect((await post(server, { traceparent: trace })).headers.get('traceparent')).toBe(trace);
    for (const bad of ['00-0-0-0', trace.replace('00-', 'ff-'), `${trace}-more`]) {
      expect((await post(server, { traceparent: bad })).headers.get('traceparent')).toBeNull();
    }
  });

  it('says what it took, errors too', async () => {
    const server = await serve();
    const timing = (await post(server)).headers.get('server-timing');
    expect(timing).toMatch(
      /^parse;dur=[\d.]+, queue;dur=0\.000, predict;dur=[\d.]+, encode;dur=[\d.]+, total;dur=[\d.]+$/,
    );
    const failed = await post(server, {}, '{');
    expect(failed.headers.get('server-timing')).toMatch(/^total;dur=[\d.]+$/);
  });
});

describe('the access log', () => {
  it('has one line for each request, without query or payload', async () => {
    const server = await serve();
    const answer = await post(server, { 'x-request-id': 'abc-1', traceparent: trace });
    const text = await answer.text();
    await (await post(server, {}, '{"secret')).text();
    await (await fetch(`${server.url}/no%22pe?secret=1`)).text();
    const lines = await server.stop();
    const moment = { time: expect.any(Number), pid: process.pid };
    const took = expect.any(Number);
    const common = { ...moment, msg: 'request', client: '127.0.0.1', durationMs: took };
    const model = { method: 'POST', path: '/invocations', model: 'wïne', version: '2' };
    expect(lines).toEqual([
      {
        ...common,
        ...model,
        level: 30,
        requestId: 'abc-1',
        traceId: '0af7651916cd43dd8448eb211c80319c',
        status: 200,
        rows: 3,
        bytesIn: 36,
        bytesOut: text.length,
        parseMs: took,
        queueMs: 0,
        predictMs: took,
        encodeMs: took,
      },
      {
        ...common,
        ...model,
        level: 40,
        requestId: expect.any(String),
        status: 400,
        bytesIn: 8,
        bytesOut: expect.any(Number),
        error: 'INVALID_INPUT',
      },
      {
        ...common,
        level: 40,
        requestId: expect.any(String),
        method: 'GET',
        path: '/no%22pe',
        status: 404,
        bytesIn: 0,
        bytesOut: 22,
      },
    ]);
    expect(JSON.stringify(lines)).not.toContain('secret');
  });
});

describe('requests', () => {
  it('are counted by what became of them', async () => {
    let calls = 0;
    const server = await serve({
      predict: async () => {
        calls += 1;
        if (calls === 1) throw slipwayError('PREDICT_FAILED', 'no');
        if (calls === 2) throw new Error('a bug');
        return [1];
      },
    });
    for (let i = 0; i < 5; i++) await (await post(server)).text();
    await (await fetch(`${server.url}/metrics`)).text();
    const { metrics } = server;
    await until(() => metrics.inFlight === 0);
    const meter = metrics.model('wïne', '2');
    const [route] = meter.routes;
    expect(route?.route).toBe('/invocations');
    expect(Object.fromEntries(meter.errors)).toEqual({ PREDICT_FAILED: 1, INTERNAL_ERROR: 1 });
    expect(codesOf(metrics, 'wïne')).toEqual({ 200: 3, 400: 1, 500: 1 });
    expect(meter.phases.parse.count).toBe(5);
    expect(meter.phases.predict.count).toBe(3);
    expect(codesOf(metrics, '')).toEqual({ 200: 1 });
  });

  it.each([
    ['', 1],
    ['other: 1\r\n', 3],
  ])(
    'whose client leaves are counted as 499 and are in flight no more (%j)',
    async (header, taken) => {
      const server = await serve({
        limits: { calls: 1 },
        predict: () => new Promise(() => undefined),
      });
      const body = '{"inputs": [1]}';
      const request = `POST /invocations HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n${header}content-length: ${body.length}\r\n\r\n${body}`;
      const socket = net.connect(server.port, '127.0.0.1');
      socket.write(request.repeat(3));
      await until(() => server.metrics.inFlight === taken);
      socket.destroy();
      await until(() => server.metrics.inFlight === 0);
      expect(codesOf(server.metrics, 'wïne')).toEqual({ 499: taken });
      const lines = await server.stop();
      expect(lines.map(({ status, error }) => [status, error])).toEqual(
        Array.from({ length: taken }, () => [499, 'CLIENT_GONE']),
      );
    },
  );

  it('that are read past Node are seen as well', async () => {
    const server = await serve({
      predict: async (input) => {
        if ((input as { shape?: readonly number[] }).shape?.[0] === 1) throw new Error('a bug');
        return [1];
      },
    });
    const bodies = ['{"inputs": [1, 2]}', '{"inputs": [1]}', '{', '{"inputs": [1, 2, 3]}'];
    const socket = net.connect(server.port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    for (const body of bodies) {
      socket.write(
        `POST /invocations HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
    }
    await until(() => (text.match(/HTTP\/1\.1 \d/g)?.length ?? 0) === bodies.length);
    socket.destroy();
    const ids = [...text.matchAll(/^x-request-id: (\S+)\r$/gm)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(bodies.length);
    expect(text.match(/^server-timing: .*total;dur=/gm)).toHaveLength(bodies.length);
    const lines = await server.stop();
    expect(lines.map(({ status, rows, error }) => [status, rows, error])).toEqual([
      [200, 2, undefined],
      [500, 1, 'INTERNAL_ERROR'],
      [400, undefined, 'INVALID_INPUT'],
      [200, 3, undefined],
    ]);
    expect(lines.map(({ requestId }) => requestId)).toEqual(ids);
    expect(lines.map(({ bytesIn }) => bytesIn)).toEqual(bodies.map((body) => body.length));
    expect(lines[2]).not.toHaveProperty('predictMs');
    expect(server.metrics.inFlight).toBe(0);
  });

  it('that are none are counted apart', async () => {
    const server = await serve();
    const socket = net.connect(server.port, '127.0.0.1');
    socket.end('nonsense\r\n\r\n');
    await new Promise((resolve) => socket.on('close', resolve).resume());
    expect(server.metrics.malformed).toBe(1);
    expect(server.metrics.inFlight).toBe(0);
  });

  it('that are streamed are seen from beginning to end', async () => {
    const server = await serve({
      predictStream: async function* () {
        yield 'a';
        yield 'b';
      },
    });
    const answer = await post(server, { accept: 'text/event-stream' });
    const text = await answer.text();
    expect(answer.headers.get('x-request-id')).not.toBeNull();
    const [line] = await server.stop();
    expect(line).toMatchObject({ status: 200, bytesOut: text.length, rows: 3 });
    expect(line).toHaveProperty('predictMs');
  });
});
