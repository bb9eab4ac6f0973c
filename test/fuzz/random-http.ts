/** Random HTTP requests as bytes: from nearly right to nonsense. */
import { mutate } from './mutate.ts';
import { fuzzedKey, goodBody, goodInference } from './fuzzed-server.ts';
import { replaceSomething } from './replace-something.ts';

type Random = () => number;

/** What is sent over one connection. */
export interface RandomRequest {
  readonly bytes: Buffer;
  /** Requests that a server may see in it at most. */
  readonly requests: number;
}

function pick<T>(from: readonly T[], random: Random): T {
  return from[Math.floor(random() * from.length)] as T;
}

const methods = [
  ...Array.from({ length: 50 }, () => 'POST'),
  'GET',
  'GET',
  'GET',
  'HEAD',
  'PUT',
  'DELETE',
  'PATCH',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'PROPFIND',
  'post',
  'FOO',
  '',
  'P\u00d6ST',
  'POST\t',
  'A'.repeat(3000),
];

const paths = [
  ...Array.from({ length: 40 }, () => ['/invocations', '/v2/models/m/infer']).flat(),
  '/ping',
  '/health',
  '/version',
  '/openapi.json',
  '/docs',
  '/v2',
  '/v2/',
  '/v2/health/ready',
  '/v2/models/m',
  '/v2/models/m/ready',
  '/v2/models/m/versions/1/infer',
  '/v2/models/x/infer',
  '/v2/repository/index',
  '/v2/repository/models/m/load',
  '/v2/repository/models/%00/unload',
  '/invocations/',
  '//invocations',
  '/../invocations',
  '/invocations?a=%',
  '/INVOCATIONS',
  '/%',
  '/%zz',
  '/%c3%28',
  '/%F0%9F%92%A9',
  '/v2/models/%2e%2e/infer',
  '/v2/models/a%2Fb',
  '*',
  '',
  'invocations',
  'http://h/invocations',
  'http://',
  '/\u00e9',
  '/a b',
  '/\0',
  '/#x',
  `/${'a'.repeat(20_000)}`,
  `/v2/models/${'%41'.repeat(3000)}/infer`,
  '/ping?'.repeat(50),
];

const contentTypes = [
  ...Array.from({ length: 40 }, () => 'application/json'),
  'text/csv',
  'application/json; charset=utf-16',
  'application/vnd.apache.parquet',
  '',
  'application/octet-stream',
  'text/html',
  'a'.repeat(500),
  'json',
  ';;;',
  'multipart/form-data',
];

const oddHeaders = [
  'Expect: 100-continue',
  'Expect: more',
  'Upgrade: websocket\r\nConnection: upgrade',
  'Upgrade: h2c',
  'Connection: close',
  'Connection: keep-alive, x',
  'Host: a\r\nHost: b',
  'Inference-Header-Content-Length: 12',
  'Inference-Header-Content-Length: -1',
  'Inference-Header-Content-Length: 1e9',
  'Inference-Header-Content-Length: 99999999999999999',
  'Content-Encoding: gzip',
  'Content-Encoding: br',
  'Content-Encoding: zstd, gzip',
  'Content-Encoding: x',
  'Accept: text/event-stream',
  'Accept: */*;q=nope',
  'Range: bytes=0-1',
  'Content-Length: 5',
  'Content-Length: -1',
  'Content-Length: 99999999999999999999',
  'Content-Length: 0x10',
  'Content-Length: 3, 4',
  'Content-Length:',
  'Content-Length: +2',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: x',
  'Transfer-Encoding : chunked',
  'Transfer-Encoding: chunked, identity',
  ' folded: yes',
  'X\0Y: 1',
  'no colon',
  ': empty',
  'X: é',
  'X: ',
  `X: ${'y'.repeat(2e4)}`,
  'Trailer: a',
  'TE: trailers',
  'traceparent: 00-x',
  'X-Request-Id: \\',
  'Authorization: Bearer',
  'Cookie: '.concat('a=b; '.repeat(200)),
  Array(150).fill('A: b').join('\r\n'),
];

const hosts = [
  ...Array.from({ length: 20 }, () => 'localhost'),
  'evil.example',
  '[::1]:80',
  '127.0.0.1:99999',
];

/** Those that the doors look at. */
const doorHeaders = [
  `Authorization: bearer ${fuzzedKey}`,
  `Authorization: Bearer ${fuzzedKey}x`,
  `Authorization: Basic ${fuzzedKey}`,
  'Authorization:',
  `X-Api-Key: ${fuzzedKey}`,
  'X-Api-Key: \u00e9',
  `X-Api-Key: ${'k'.repeat(5000)}`,
  'Origin: http://a.example',
  'Origin: null',
  'Origin: http://evil.example\r\nAccess-Control-Request-Method: POST',
  'Access-Control-Request-Headers: x'.concat(',y'.repeat(500)),
];

function deep(random: Random): Buffer {
  const depth = pick([10, 100, 1000, 20_000, 200_000], random);
  const [open, close] = pick(
    [
      ['[', ']'],
      ['{"a":', '}'],
      ['{"inputs":[', ']}'],
    ],
    random,
  );
  const isClosed = random() < 0.7;
  return Buffer.from(`${open.repeat(depth)}1${isClosed ? close.repeat(depth) : ''}`);
}

function randomBody(path: string, random: Random): Buffer {
  const isInference = path.includes('infer') === random() < 0.9;
  const base = isInference ? goodInference : goodBody;
  const kind = random();
  if (kind < 0.4) return base;
  if (kind < 0.55)
    return Buffer.from(JSON.stringify(replaceSomething(JSON.parse(base.toString()), random, 0.04)));
  if (kind < 0.75) return mutate(base, random);
  if (kind < 0.85) return deep(random);
  if (kind < 0.9) return Buffer.alloc(0);
  return Buffer.from(Array.from({ length: Math.floor(random() * 300) }, () => random() * 256));
}

const chunkSizes = [
  'zz',
  '-1',
  'ffffffffffffffff',
  '',
  '0x5',
  '5;ext="\r"',
  ' 5',
  '5 ',
  '00000005',
];

function chunked(body: Buffer, random: Random): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const size = 1 + Math.floor(random() * 400);
    const chunk = body.subarray(at, at + size);
    const said = random() < 0.03 ? pick(chunkSizes, random) : chunk.length.toString(16);
    const extension = random() < 0.05 ? ';a=b' : '';
    const end = random() < 0.02 ? '\n' : '\r\n';
    parts.push(Buffer.from(`${said}${extension}\r\n`), chunk, Buffer.from(end));
    at += size;
  }
  const last =
    random() < 0.05 ? '' : pick(['0\r\n\r\n', '0\r\nA: b\r\n\r\n', '0;x\r\n\r\n'], random);
  return Buffer.concat([...parts, Buffer.from(last)]);
}

function oneRequest(random: Random, hasDoors: boolean): Buffer {
  const path = pick(paths, random);
  const body = randomBody(path, random);
  const isChunked = random() < 0.25;
  const version = random() < 0.96 ? 'HTTP/1.1' : pick(['HTTP/1.0', 'HTTP/2.0', 'HTP', ''], random);
  const length = random() < 0.93 ? body.length : Math.floor(body.length * random() * 2);
  const headers = [
    ...(random() < 0.97 ? [`Host: ${hasDoors ? pick(hosts, random) : 'localhost'}`] : []),
    ...(random() < 0.9 ? [`Content-Type: ${pick(contentTypes, random)}`] : []),
    ...(random() < 0.2 ? [pick(oddHeaders, random)] : []),
    ...(hasDoors && random() < 0.7 ? [`Authorization: Bearer ${fuzzedKey}`] : []),
    ...(hasDoors && random() < 0.3 ? [pick(doorHeaders, random)] : []),
    isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`,
    ...(random() < 0.05 ? [pick(oddHeaders, random)] : []),
  ];
  const end = random() < 0.98 ? '\r\n' : '\n';
  const head = [`${pick(methods, random)} ${path} ${version}`, ...headers, '', ''];
  return Buffer.concat([
    Buffer.from(head.join(end), 'latin1'),
    isChunked ? chunked(body, random) : body,
  ]);
}

/** What one connection sends: one request, or several at once, perhaps damaged; mostly with the key of a server that has doors. */
export function randomRequest(random: Random, hasDoors: boolean): RandomRequest {
  const count = random() < 0.85 ? 1 : 2 + Math.floor(random() * 3);
  const whole = Buffer.concat(Array.from({ length: count }, () => oneRequest(random, hasDoors)));
  const bytes = random() < 0.2 ? mutate(whole, random) : whole;
  return { bytes, requests: (bytes.toString('latin1').match(/ H/g)?.length ?? 0) + count };
}
