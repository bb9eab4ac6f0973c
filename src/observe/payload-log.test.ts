import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Metrics } from './metrics.ts';
import { keepAnswer, ObservedRequest } from './observed-request.ts';
import { openPayloadLog, type PayloadLog, type PayloadLogOptions } from './payload-log.ts';

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function open(options: Partial<PayloadLogOptions> = {}): Promise<[PayloadLog, string]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-payloads-'));
  folders.push(folder);
  const file = path.join(folder, 'payloads.jsonl');
  const defaults = { file, sample: 1, maxBytes: 100, fileBytes: 1e6, files: 3 };
  return [openPayloadLog({ ...defaults, onError: () => undefined, ...options }), file];
}

const model = new Metrics().open('wine', '1');

/** Sends one request through the log; true when it was chosen. */
function send(log: PayloadLog, body: Uint8Array, answer: string): boolean {
  const arrival = { method: 'POST', url: '/invocations?key=1', headers: {}, socket: {} };
  const request = new ObservedRequest(arrival, performance.now());
  log.begin(request);
  request.model = model;
  request.requestId = 'id-1';
  if (request.payload === null) return false;
  request.payload.body = body;
  request.bytesOut = answer.length;
  keepAnswer(request, answer);
  log.end(request, 200, performance.now());
  return true;
}

function linesOf(file: string): readonly Record<string, unknown>[] {
  const lines = readFileSync(file, 'latin1').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the payload log', () => {
  it('has request and answer as text, or as base64 where they are none, cut to a limit', async () => {
    const [log, file] = await open();
    send(log, Buffer.from('{"inputs": ["é"]}'), '{"predictions": [1]}');
    send(log, Buffer.from([0, 255, 254, 1]), 'x'.repeat(150));
    await log.close();
    const [text, binary] = linesOf(file);
    expect(text).toEqual({
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      requestId: 'id-1',
      method: 'POST',
      path: '/invocations',
      status: 200,
      model: 'wine',
      version: '1',
      durationMs: expect.any(Number),
      request: '{"inputs": ["é"]}',
      response: '{"predictions": [1]}',
    });
    expect(binary).toMatchObject({
      requestBase64: 'AP/+AQ==',
      response: 'x'.repeat(100),
      responseBytes: 150,
    });
    expect(log.kept).toBe(2);
  });

  it('takes the share of requests that it is told', async () => {
    const [none] = await open({ sample: 0 });
    expect(send(none, Buffer.from('a'), 'b')).toBe(false);
    await none.close();
    const [some] = await open({ sample: 0.5 });
    const chosen = Array.from({ length: 400 }, () => send(some, Buffer.from('a'), 'b'));
    await some.close();
    const share = chosen.filter(Boolean).length / chosen.length;
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThan(0.7);
  });

  it('begins another file when one is full, and keeps so many', async () => {
    const [log, file] = await open({ fileBytes: 2000, files: 3 });
    for (let n = 0; n < 40; n++) send(log, Buffer.from(`{"n": ${n}}`), 'answer');
    await log.close();
    const names = readdirSync(path.dirname(file)).toSorted();
    expect(names).toEqual(['payloads.jsonl', 'payloads.jsonl.1', 'payloads.jsonl.2']);
    for (const name of names) {
      expect(statSync(path.join(path.dirname(file), name)).size).toBeLessThanOrEqual(2000);
    }
    const kept = [`${file}.2`, `${file}.1`, file].flatMap((one) =>
      linesOf(one).map((line) => Number(/\d+/.exec(String(line['request']))![0])),
    );
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, at) => 40 - kept.length + at));
    expect(log.dropped).toBe(0);
  });

  it.skipIf(!existsSync('/dev/full'))('counts what a full disk does not take', async () => {
    const errors: Error[] = [];
    const [log] = await open({ file: '/dev/full', onError: (error) => errors.push(error) });
    for (let n = 0; n < 3; n++) send(log, Buffer.from('a'), 'b');
    await log.close();
    expect(log.dropped).toBe(3);
    expect(errors).toHaveLength(1);
  });
});
