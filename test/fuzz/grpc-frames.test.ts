/** Random messages, frames and bytes at the port of gRPC: each is answered or refused as its sender's fault. */
import http2 from 'node:http2';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  fuzzedRequests,
  type FuzzedServer,
  goodInference,
  runCases,
  startFuzzedServer,
} from './fuzzed-server.ts';
import { mutate, seededRandom } from './mutate.ts';
import { mutateProtobuf } from './mutate-protobuf.ts';

type Random = () => number;

const count = Math.ceil(fuzzedRequests * 0.2);
const hangMs = 60_000;
const service = '/inference.GRPCInferenceService';

let server: FuzzedServer;
let seeds: readonly Buffer[];

beforeAll(async () => {
  server = await startFuzzedServer(3000);
  seeds = makeSeeds();
});

afterAll(() => server.stop());

function pick<T>(from: readonly T[], random: Random): T {
  return from[Math.floor(random() * from.length)] as T;
}

/** Messages that the model takes, in lists and raw, and one that says huge sizes. */
function makeSeeds(): readonly Buffer[] {
  const { ModelInfer } = server.grpc.loaded.definitions[
    'inference.GRPCInferenceService'
  ] as never as {
    ModelInfer: { requestSerialize: (message: object) => Buffer };
  };
  const { inputs } = JSON.parse(goodInference.toString()) as {
    inputs: readonly { name: string; shape: number[]; datatype: string; data: number[] }[];
  };
  const raw = Buffer.from(Float64Array.of(0.5, -0.25).buffer);
  const common = { modelName: 'm', id: 'x', parameters: { k: { int64Param: 1 } } };
  const huge = [2 ** 52, 2 ** 52, 0, 7];
  return [
    {
      ...common,
      inputs: inputs.map(({ data, ...input }) => ({ ...input, contents: { fp64Contents: data } })),
    },
    {
      ...common,
      inputs: inputs.map(({ name, shape, datatype }) => ({ name, shape, datatype })),
      rawInputContents: inputs.map(() => raw),
      outputs: [{ name: 'output-1' }],
    },
    {
      ...common,
      inputs: [{ name: 'age', shape: huge, datatype: 'BYTES', contents: { bytesContents: [raw] } }],
    },
  ].map((message) => ModelInfer.requestSerialize(message));
}

/** A message behind its five bytes. */
function frame(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** The five bytes lie. */
function breakFrame(framed: Buffer, random: Random): Buffer {
  if (random() < 0.4) framed[0] = pick([1, 2, 255], random);
  else framed.writeUInt32BE(pick([0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 20 + 1], random), 1);
  return framed;
}

const methods = ['ModelInfer', 'ModelInfer', 'ModelInfer', 'ModelReady', 'ModelMetadata'];
const oddMethods = ['RepositoryIndex', 'RepositoryModelLoad', 'ServerLive', 'Nothing', '', 'a/b'];
const paths = [
  ...Array.from({ length: 5 }, () => methods.map((method) => `${service}/${method}`)).flat(),
  ...oddMethods.map((method) => `${service}/${method}`),
  '/grpc.health.v1.Health/Check',
  '/grpc.health.v1.Health/Watch',
  '/',
  '/v2/models/m/infer',
  '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
];

const oddHeaders: readonly Readonly<Record<string, string>>[] = [
  { 'grpc-timeout': '1n' },
  { 'grpc-timeout': 'soon' },
  { 'grpc-timeout': '999999999999H' },
  { 'grpc-encoding': 'gzip' },
  { 'grpc-encoding': 'nope' },
  { 'content-type': 'text/plain' },
  { 'content-type': 'application/grpc+json' },
  { ':method': 'GET' },
  { 'grpc-accept-encoding': '' },
  { 'x-bin': '!!!' },
];

/** The body of a call; `isFramed` where it is one message in one frame, whatever the message is. */
function randomFrames(random: Random): { readonly bytes: Buffer; readonly isFramed: boolean } {
  const seed = pick(seeds, random);
  const kind = random();
  const damaged = kind < 0.6 ? mutateProtobuf(seed, random) : mutate(seed, random);
  const framed = frame(kind < 0.2 ? seed : damaged);
  if (random() < 0.75) return { bytes: framed, isFramed: true };
  const broken = pick(
    [
      breakFrame(Buffer.from(framed), random),
      Buffer.concat([framed, frame(seed)]),
      Buffer.alloc(0),
      mutate(framed, random),
    ],
    random,
  );
  return { bytes: broken, isFramed: false };
}

/** The status of one call: that of gRPC, else `http` and its own, else that it was closed. */
function send(session: http2.ClientHttp2Session, random: Random): Promise<string> {
  const headers = {
    ':method': 'POST',
    ':path': pick(paths, random),
    'content-type': 'application/grpc',
    te: 'trailers',
    ...(random() < 0.1 ? pick(oddHeaders, random) : {}),
  };
  const isWatch = headers[':path'].endsWith('Watch');
  const { bytes, isFramed } = randomFrames(random);
  const isOurs =
    isFramed && !headers[':path'].includes('reflection') && !('grpc-timeout' in headers);
  return new Promise((resolve, reject) => {
    let status = 'closed';
    const stream = session.request(headers);
    const note = (given: http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader): void => {
      const code = given['grpc-status'];
      if (code !== undefined) status = String(code);
      else if (given[':status'] !== 200 && status === 'closed') status = `http ${given[':status']}`;
    };
    stream.on('response', note).on('trailers', note);
    stream.on('data', () => {
      if (isWatch) stream.close();
    });
    const hang = setTimeout(() => reject(new Error(`no end after ${hangMs} ms`)), hangMs);
    stream.on('error', () => undefined);
    stream.on('close', () => {
      clearTimeout(hang);
      resolve(status === '13' && !isOurs ? 'framing' : status);
    });
    stream.end(bytes);
  });
}

/**
 * A client's own fault, or nothing to complain of. INTERNAL (13) is neither, but where the library answers by itself: frames
 * that break gRPC's rules, time-outs that are none, messages to the reflection service.
 */
const allowed = new Set('0 1 3 4 5 8 12 closed framing'.split(' ').concat('http 405', 'http 415'));

function rawBytes(random: Random): Buffer {
  const noise = Buffer.from(Array.from({ length: 200 }, () => Math.floor(random() * 256)));
  const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  const length = Buffer.from([0xff, 0xff, 0xff, Math.floor(random() * 12), 0xff, 0, 0, 0, 1]);
  return pick(
    [
      noise,
      Buffer.concat([preface, noise]),
      Buffer.concat([preface, settings, noise]),
      Buffer.concat([preface, settings, length, noise]),
      Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
      mutate(Buffer.concat([preface, settings, noise]), random),
    ],
    random,
  );
}

function sendRaw(bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port: server.grpcPort, host: '127.0.0.1' });
    const hang = setTimeout(() => reject(new Error(`no end after ${hangMs} ms`)), hangMs);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(hang);
      resolve();
    });
    socket.resume();
    socket.end(bytes);
  });
}

/** A call that must always work. */
async function isAlive(): Promise<boolean> {
  const session = connect();
  const stream = session.request({
    ':method': 'POST',
    ':path': `${service}/ModelInfer`,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  stream.end(frame(seeds[0]!));
  stream.resume();
  const status = await new Promise((resolve) => {
    stream.on('trailers', (trailers) => resolve(trailers['grpc-status']));
    stream.on('close', () => resolve('closed'));
  });
  session.close();
  return status === '0';
}

function connect(): http2.ClientHttp2Session {
  const session = http2.connect(`http://127.0.0.1:${server.grpcPort}`);
  session.on('error', () => undefined);
  return session;
}

describe('random calls of gRPC', () => {
  it(`all ${count} are answered or refused`, async () => {
    const random = seededRandom(20_261_129);
    const seen = new Map<string, number>();
    let session = connect();
    await runCases(count, 16, async () => {
      if (session.closed || session.destroyed) session = connect();
      const status = await send(session, random);
      seen.set(status, (seen.get(status) ?? 0) + 1);
    });
    session.close();
    process.stdout.write(`fuzzed gRPC: ${count} calls, statuses ${JSON.stringify([...seen])}\n`);
    expect([...seen.keys()].filter((status) => !allowed.has(status))).toEqual([]);
    expect(seen.get('0')).toBeGreaterThan(0);
    expect(seen.get('3')).toBeGreaterThan(0);
    expect(server.reports).toEqual([]);
    expect(await isAlive()).toBe(true);
  }, 600_000);

  it('bytes that are no HTTP/2 end their connection and nothing else', async () => {
    const random = seededRandom(20_261_130);
    await runCases(Math.ceil(count / 10), 8, () => sendRaw(rawBytes(random)));
    expect(server.reports).toEqual([]);
    expect(await isAlive()).toBe(true);
  }, 600_000);
});
