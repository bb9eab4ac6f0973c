/** The lines of the access log against those that pino prints of the same facts. */
import { openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
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

const models = new Map<string, ObservedRequest['model']>();

/** The same object for the same model, as a server has it. */
function modelOf({ model: name, version }: Facts): ObservedRequest['model'] {
  const key = JSON.stringify([name, version]);
  const model = models.get(key) ?? ({ name, version } as ObservedRequest['model']);
  models.set(key, model);
  return model;
}

function requestOf(known: Facts): ObservedRequest {
  const { method, client, requestId, traceId, rows, bytes, error } = known;
  const socket = { remoteAddress: client };
  const url = known.path + known.query;
  const request = new ObservedRequest({ method, url, headers: {}, socket }, 0);
  request.model = modelOf(known);
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

/** What the log makes of them, a line each. */
async function logAll(all: readonly Facts[]): Promise<readonly string[]> {
  const file = path.join(folder, 'access.log');
  const writer = new LineWriter({ fd: openSync(file, 'w') });
  const log = createAccessLog(writer, 'info');
  for (const known of all) log(requestOf(known), known.status, (known.phases[0] ?? 0) / 1000);
  await writer.close();
  const text = readFileSync(file, 'latin1');
  // JSON of printable ASCII, one object a line.
  expect(text).toMatch(/^(\{[\x20-\x7e]*\}\n)*$/);
  return text.split('\n').slice(0, -1);
}

async function expectAsPino(all: readonly Facts[]): Promise<void> {
  const lines = await logAll(all);
  expect(lines).toHaveLength(all.length);
  for (const [at, line] of lines.entries()) expect(read(line)).toEqual(read(pinoLine(all[at]!)));
}

it('says what pino says, whatever stands in it', () => expectAsPino(fc.sample(facts, 2000)));

/** Requests of which most differ from the one before in their id and spans alone, as under load. */
const alike: fc.Arbitrary<readonly Facts[]> = fc
  .tuple(
    facts,
    fc.array(
      fc.record(
        {
          requestId: fc.oneof(
            fc.constantFrom('AAAAAAAAAAAA', 'BBBBBBBBBBBB'),
            fc.constant('short'),
          ),
          phases: fc
            .array(fc.oneof(fc.nat(11_000), fc.constantFrom(0, 9999, 10_000)), {
              minLength: 5,
              maxLength: 5,
            })
            .map((phases) => (phases[2]! < 8000 ? phases.with(2, 0) : phases)),
          client: fc.constantFrom('127.0.0.1', '127.0.0.2', '::1'),
          rows: fc.constantFrom(1, 2),
          status: fc.constantFrom(200, 200, 200, 404),
        },
        { requiredKeys: ['requestId', 'phases'] },
      ),
      { minLength: 100, maxLength: 100 },
    ),
  )
  .map(([first, others]) => {
    const usual = { ...first, traceId: null, error: '' };
    return others.map((other) => ({ ...usual, ...other }));
  });

it('says what pino says of requests that are alike', async () => {
  // All in one millisecond.
  vi.spyOn(Date, 'now').mockReturnValue(Date.now());
  try {
    for (const all of fc.sample(alike, 40)) await expectAsPino(all);
  } finally {
    vi.restoreAllMocks();
  }
});
