/** The lines of the access log against those that pino prints of the same facts. */
import { openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAccessLog } from './access-log.ts';
import { LineWriter } from './line-writer.ts';
import { ObservedRequest } from './observed-request.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-access-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** What is known of a request; times are microseconds. */
interface Facts {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly model: string;
  readonly version: string;
  readonly client: string;
  readonly requestId: string;
  readonly traceId: string | null;
  readonly status: number;
  readonly rows: number;
  readonly bytes: number;
  readonly error: string;
  readonly phases: readonly number[];
}

const awkward = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '"',
    '\\',
    '\u0000',
    '\u007f',
    '\n\r\t',
    '\u2028',
    'é',
    '🚢',
    '\ud800',
    '</script>',
  ),
);
const idCharacters = fc.constantFrom(...Array.from('azAZ09._:/+=@-'));
const facts: fc.Arbitrary<Facts> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'M-SEARCH'),
  path: awkward.map((text) => `/${text.replaceAll('?', '')}`),
  query: fc.constantFrom('', '?secret=1'),
  model: awkward,
  version: awkward,
  client: fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant('')),
  requestId: fc.string({ unit: idCharacters, maxLength: 128 }),
  traceId: fc.option(
    fc.string({ unit: fc.constantFrom('0', '9', 'a', 'f'), minLength: 32, maxLength: 32 }),
  ),
  status: fc.constantFrom(200, 302, 400, 404, 499, 500, 503),
  rows: fc.integer({ min: -1, max: 1_000_000 }),
  bytes: fc.nat(2 ** 40),
  error: fc.constantFrom('', 'INVALID_INPUT'),
  phases: fc.array(fc.nat(100_000_000), { minLength: 5, maxLength: 5 }),
});

function requestOf(known: Facts): ObservedRequest {
  const { method, client, requestId, traceId, rows, bytes, error } = known;
  const socket = { remoteAddress: client };
  const url = known.path + known.query;
  const request = new ObservedRequest({ method, url, headers: {}, socket }, 0);
  const { model: name, version } = known;
  request.model = { name, version } as ObservedRequest['model'];
  const [, parse = 0, queue = 0, predict = 0, encode = 0] = known.phases;
  request.parseAtMs = 1;
  request.predictAtMs = 1 + parse / 1000;
  request.queueMs = queue / 1000;
  request.encodeAtMs = request.predictAtMs + (queue + predict) / 1000;
  request.encodedAtMs = request.encodeAtMs + encode / 1000;
  const trace = traceId === null ? null : { traceId, spanId: '', flags: 0 };
  return Object.assign(request, {
    requestId,
    trace,
    rows,
    errorCode: error,
    bytesIn: bytes,
    bytesOut: bytes + 1,
  });
}

/** The object that pino would be given. */
function entryOf(known: Facts): object {
  const { method, path: asked, status, model, version, rows, bytes, error, client } = known;
  const [total = 0, parse = 0, queue = 0, predict = 0, encode = 0] = known.phases;
  return {
    requestId: known.requestId,
    ...(known.traceId !== null && { traceId: known.traceId }),
    method,
    path: asked,
    status,
    model,
    version,
    ...(rows >= 0 && { rows }),
    bytesIn: bytes,
    bytesOut: bytes + 1,
    durationMs: total / 1000,
    parseMs: parse / 1000,
    queueMs: queue / 1000,
    predictMs: predict / 1000,
    encodeMs: encode / 1000,
    ...(error !== '' && { error }),
    client,
  };
}

function pinoLine(known: Facts): string {
  let printed = '';
  const stream = { write: (text: string) => (printed = text) };
  const log = pino({ base: { pid: process.pid } }, stream);
  const level = known.status < 400 ? 'info' : known.status < 500 ? 'warn' : 'error';
  log[level](entryOf(known), 'request');
  return printed;
}

/** As read by a tool, but for the time and the order of fields. */
function read(line: string): object {
  const { time, ...entry } = JSON.parse(line) as Record<string, unknown>;
  expect(Number.isInteger(time)).toBe(true);
  for (const [name, value] of Object.entries(entry)) {
    // What is added up in floating point is a millionth off before it is rounded.
    if (name.endsWith('Ms')) entry[name] = Number((value as number).toFixed(3));
  }
  return entry;
}

it('says what pino says, whatever stands in it', async () => {
  const file = path.join(folder, 'access.log');
  const writer = new LineWriter({ fd: openSync(file, 'a') });
  const log = createAccessLog(writer, 'info');
  const all = fc.sample(facts, 2000);
  for (const known of all) log(requestOf(known), known.status, (known.phases[0] ?? 0) / 1000);
  await writer.close();
  const text = readFileSync(file, 'latin1');
  // JSON of printable ASCII, one object a line.
  expect(text).toMatch(/^(\{[\x20-\x7e]*\}\n)*$/);
  const lines = text.split('\n').slice(0, -1);
  expect(lines).toHaveLength(all.length);
  for (const [at, line] of lines.entries()) expect(read(line)).toEqual(read(pinoLine(all[at]!)));
});
