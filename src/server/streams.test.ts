/** Server-sent events on a real socket: their text, back-pressure, clients that leave. */
import { once } from 'node:events';
import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Scorer } from '../contract/scorer.ts';
import type { Prediction } from '../data/scoring-data.ts';
import { slipwayError } from '../errors/slipway-error.ts';
import { createScoringService, type ScoringService } from '../scoring/scoring-service.ts';
import { createScoringServer, type ScoringServer } from './create-scoring-server.ts';
import { listen } from './listen.ts';

const servers: ScoringServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

interface Served {
  readonly port: number;
  readonly service: ScoringService;
}

type Items = (signal: AbortSignal) => AsyncIterable<Prediction>;

async function serve(items: Items | null, timeoutMs = 60_000): Promise<Served> {
  const scorer: Scorer = {
    limits: { calls: 1 },
    predict: async () => 'whole',
    ...(items !== null && { predictStream: (_input, _params, signal) => items(signal) }),
    close: async () => undefined,
  };
  const options = {
    compat: 'slipway',
    lenientTypes: false,
    nonFinite: 'tokens',
    timeoutMs,
  } as const;
  const service = createScoringService({ scorer, signature: null }, options);
  const server = createScoringServer(service, { ...options, report: () => undefined });
  servers.push(server);
  const { port } = await listen(server, { host: '127.0.0.1', port: 0 });
  return { port, service };
}

function post(
  { port }: Served,
  accept: string | null,
  body = '{"inputs": [1]}',
): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/invocations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(accept !== null && { accept }) },
    body,
  });
}

async function* three(): AsyncGenerator<Prediction> {
  yield 'é';
  await new Promise((resolve) => setTimeout(resolve, 5));
  yield new Map([['delta', 'two\nlines']]);
  yield 0.1;
}

describe('a stream over HTTP', () => {
  it.each([
    ['text/event-stream', '{"inputs": [1]}'],
    ['Text/Event-Stream, application/json', '{"inputs": [1]}'],
    [null, '{"inputs": [1], "stream": true}'],
  ])('is given for Accept %s and body %s', async (accept, body) => {
    const response = await post(await serve(three), accept, body);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('content-length')).toBeNull();
    expect(await response.text()).toBe(
      String.raw`data: "\u00e9"` +
        '\n\n' +
        String.raw`data: {"delta": "two\nlines"}` +
        '\n\ndata: 0.1\n\ndata: [DONE]\n\n',
    );
  });

  it.each([[null], ['application/json'], ['*/*']])('is not given for Accept %s', async (accept) => {
    const response = await post(await serve(three), accept);
    expect(await response.text()).toBe('{"predictions": "whole"}');
  });

  it('is refused where the model has none and the client takes nothing else', async () => {
    const served = await serve(null);
    const refused = await post(served, 'text/event-stream');
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error_code: 'BAD_REQUEST' });
    const whole = await post(served, 'application/json, text/event-stream');
    expect(await whole.text()).toBe('{"predictions": "whole"}');
  });

  it('that fails at once is an error with its status', async () => {
    // oxlint-disable-next-line require-yield -- it fails before its first item
    const served = await serve(async function* () {
      throw slipwayError('MODEL_RAISED', 'no', {
        details: { mlflowCode: 'NOT_FOUND', httpStatus: 404 },
      });
    });
    const response = await post(served, 'text/event-stream');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error_code: 'NOT_FOUND' });
  });

  it('that fails later ends with an error event', async () => {
    const served = await serve(async function* () {
      yield 1n;
      throw slipwayError('PREDICT_FAILED', 'broke');
    });
    const text = await (await post(served, 'text/event-stream')).text();
    const [first, last, rest] = text.split('\n\n');
    expect([first, rest]).toEqual(['data: 1', '']);
    expect(last).toMatch(/^event: error\ndata: \{"error_code": "BAD_REQUEST", "message": ".*broke/);
  });

  it('that is late between items ends with an error event, and is stopped', async () => {
    let reason: unknown;
    const served = await serve(async function* (signal) {
      yield 1n;
      await once(signal, 'abort');
      reason = signal.reason;
      yield 2n;
    }, 1000);
    const text = await (await post(served, 'text/event-stream')).text();
    expect(text).toContain('event: error\ndata: {"error_code": ');
    expect(text).not.toContain('data: 2');
    expect(reason).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    await expect.poll(() => served.service.load.running).toBe(0);
  });

  it('goes no faster than the client reads, and ends when it leaves', async () => {
    let yielded = 0;
    let left = false;
    const chunk = 'x'.repeat(64 * 1024);
    const served = await serve(async function* () {
      try {
        for (;;) {
          yielded++;
          yield chunk;
        }
      } finally {
        left = true;
      }
    });
    const socket = net.connect(served.port, '127.0.0.1');
    const body = '{"inputs": [1]}';
    socket.write(
      `POST /invocations HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await once(socket, 'readable');
    let before = -1;
    while (before !== yielded) {
      before = yielded;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(yielded).toBeLessThan(500);
    expect([left, served.service.load.running]).toEqual([false, 1]);
    socket.destroy();
    await expect.poll(() => [left, served.service.load.running]).toEqual([true, 0]);
  });

  it('that nobody reads is given up after the time limit', async () => {
    const chunk = 'x'.repeat(1024 * 1024);
    const served = await serve(async function* () {
      for (;;) yield chunk;
    }, 1000);
    const socket = net.connect(served.port, '127.0.0.1').pause();
    const body = '{"inputs": [1], "stream": true}';
    socket.write(
      `POST /invocations HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await expect.poll(() => served.service.load.running).toBe(1);
    await expect.poll(() => served.service.load.running).toBe(0);
    socket.destroy();
  });
});
