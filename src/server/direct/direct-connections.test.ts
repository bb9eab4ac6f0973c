/** The direct way against Node's: the same bytes in, the same bytes out. */
import { once } from 'node:events';
import net from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { slipwayError } from '../../errors/slipway-error.ts';
import type { ScoringRequest, ScoringService } from '../../scoring/scoring-service.ts';
import { Observer } from '../../observe/observer.ts';
import { createRequestIds } from '../../observe/request-id.ts';
import { createScoringServer, type ScoringServer } from '../create-scoring-server.ts';
import { listen } from '../listen.ts';

/** A server and how many requests reached Node's. */
interface Served {
  readonly server: ScoringServer;
  readonly port: number;
  readonly seenByNode: () => number;
}

const servers: ScoringServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function serve(
  score: (request: ScoringRequest) => Promise<string>,
  { direct = true, timeoutMs = 60_000 } = {},
): Promise<Served> {
  const service: ScoringService = {
    score,
    respond: score,
    scoreInput: async () => null,
    streams: !direct,
    observer: null,
    load: { running: 0, waiting: 0 },
    drained: async () => undefined,
    close: async () => undefined,
  };
  const observer = newObserver();
  const report = (): void => undefined;
  const server = createScoringServer(service, { compat: 'slipway', timeoutMs, report, observer });
  servers.push(server);
  let seen = 0;
  server.app.server.on('request', () => seen++);
  const { port } = await listen(server, { host: '127.0.0.1', port: 0 });
  return { server, port, seenByNode: () => seen };
}

/** Gives ids of clients back, and one id to all who send none. */
function newObserver(): Observer {
  const idOf = createRequestIds();
  return new Observer({
    metrics: null,
    requestIds: (given) => (given !== undefined && idOf(given) === given ? given : 'made-here'),
    serverTiming: false,
    accessLog: null,
    close: async () => undefined,
  });
}

/** Says what it was given; fails where the body asks for it. */
async function describeRequest({ body, contentType }: ScoringRequest): Promise<string> {
  const text = Buffer.from(body).toString('latin1');
  if (text.startsWith('wait')) await new Promise((resolve) => setTimeout(resolve, 2));
  if (text.startsWith('refuse')) throw slipwayError('INVALID_INPUT', `No: "é" ${text}`);
  if (text.startsWith('crash')) throw new Error('a bug');
  return JSON.stringify([contentType ?? null, text]);
}

/** All that comes back for `pieces`, each sent when the one before has left, until `answers` answers are there. */
function talk(port: number, pieces: readonly string[], answers: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    let received = '';
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      if (countAnswers(received) >= answers) socket.destroy();
    });
    socket.on('close', () => resolve(received.replaceAll(/Date: [^\r]*/g, 'Date: now')));
    void sendAll(socket, pieces);
  });
}

async function sendAll(socket: net.Socket, pieces: readonly string[]): Promise<void> {
  for (const piece of pieces) {
    if (socket.destroyed) return;
    await new Promise((resolve) => socket.write(piece, 'latin1', () => setImmediate(resolve)));
  }
}

/** Whole answers in a text; those without a length have no body. */
function countAnswers(text: string): number {
  let count = 0;
  for (let at = 0; ; count++) {
    const end = text.indexOf('\r\n\r\n', at);
    if (end < 0) return count;
    const length = /content-length: (\d+)/i.exec(text.slice(at, end));
    at = end + 4 + Number(length?.[1] ?? 0);
    if (at > text.length) return count;
  }
}

function post(body: string, headers = 'Content-Type: application/json\r\n'): string {
  return `POST /invocations HTTP/1.1\r\nHost: h\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
}

const trace = '0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331';

/** What proxies and tracers add. */
const proxied = [
  'X-Request-Id: 7f3a:b/c',
  `traceparent: 00-${trace}-01`,
  'tracestate: a=1,b=2',
  'X-Forwarded-For: 10.0.0.1, 10.0.0.2',
  'X-Forwarded-Proto: https',
  'Forwarded: for=10.0.0.1;proto=https',
  'Via: 1.1 proxy',
  'X-Envoy-Attempt-Count: 1',
  'Authorization: Bearer a.b.c',
  'Cookie: a=b; c=d',
];

describe('a plain request', () => {
  it.each([
    ['an answer', post('{"inputs": [1]}')],
    ['an answer that takes time', post('wait')],
    ['an error of the request', post('refuse this')],
    ['a bug', post('crash')],
    ['no content type', post('x', '')],
    ['no body', post('')],
    [
      'headers of usual clients',
      post(
        'x',
        'User-Agent: python-requests/2.32\r\nAccept-Encoding: gzip, deflate\r\nAccept: */*\r\nConnection: keep-alive\r\nContent-Type: text/csv\r\n',
      ),
    ],
    ['headers of proxies and tracers', post('x', `${proxied.join('\r\n')}\r\n`)],
    ['an id that is not taken over', post('x', 'X-Request-Id: not safe\r\n')],
    ['an id of nothing', post('x', 'X-Request-Id:  \r\n')],
    ['a trace that is no trace', post('x', `traceparent: 00-${trace.slice(1)}-01\r\n`)],
    ['an error with an id', post('refuse', `X-Request-Id: a\r\ntraceparent: 00-${trace}-00\r\n`)],
  ])('%s: Node never sees it, and would answer the same', async (_name, request) => {
    const direct = await serve(describeRequest);
    const node = await serve(describeRequest, { direct: false });
    const answer = await talk(direct.port, [request], 1);
    expect(answer).toBe(await talk(node.port, [request], 1));
    expect(answer).toMatch(/^HTTP\/1\.1 \d{3} /);
    expect([direct.seenByNode(), node.seenByNode()]).toEqual([0, 1]);
  });

  it('may come in two pieces, wherever it is cut', async () => {
    const { port } = await serve(describeRequest);
    const request = post('abc');
    const whole = await talk(port, [request], 1);
    const cut = await Promise.all(
      Array.from({ length: request.length - 1 }, (_, at) =>
        talk(port, [request.slice(0, at + 1), request.slice(at + 1)], 1),
      ),
    );
    expect(new Set(cut)).toEqual(new Set([whole]));
  });

  it('of a client that reads nothing is held back', async () => {
    const long = 'y'.repeat(60_000);
    const { server, port } = await serve(async () => `"${long}"`);
    const socket = net.connect(port, '127.0.0.1').pause();
    await once(socket, 'connect');
    let isBlocked = false;
    for (let sent = 0; sent < 3000 && !isBlocked; sent++) {
      isBlocked = !socket.write(post(long)) && socket.writableLength > 10_000_000;
      await new Promise(setImmediate);
    }
    expect(isBlocked).toBe(true);
    socket.destroy();
    await server.stop();
  }, 30_000);
});

describe('what is anything else goes to Node', () => {
  it.each([
    ['another path', 'GET /ping HTTP/1.1\r\nHost: h\r\n\r\n'],
    ['a query', post('x').replace('/invocations', '/invocations?a=1')],
    ['a header that is not known', post('x', 'Other: 1\r\n')],
    ['a page of another origin', post('x', 'Origin: http://a\r\n')],
    ['a coding', post('x', 'Content-Encoding: gzip\r\n')],
    ['a header twice', post('x', 'Content-Type: a\r\nContent-Type: b\r\n')],
    ['two ids', post('x', 'X-Request-Id: a\r\nX-Request-Id: b\r\n')],
    ['two traces', post('x', `traceparent: 00-${trace}-01\r\n`.repeat(2))],
    ['an id that is not ASCII', post('x', 'X-Request-Id: é\r\n')],
    ['two lengths', post('x', 'Content-Length: 1\r\n')],
    ['a length with a sign', post('x').replace('Length: 1', 'Length: +1')],
    [
      'chunks',
      post('x').replace(
        /Content-Length.*x$/s,
        'Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n',
      ),
    ],
    ['chunks and a length', post('x', 'Transfer-Encoding: chunked\r\n')],
    ['no host', post('x').replace('Host: h\r\n', '')],
    ['HTTP/1.0', post('x').replace('HTTP/1.1', 'HTTP/1.0')],
    ['a connection that is to be closed', post('x', 'Connection: close\r\n')],
    ['a wish for a stream', post('x', 'Accept: text/event-stream\r\n')],
    ['space before a colon', post('x', 'Accept : a\r\n')],
    ['a folded header', post('x', 'Accept: a\r\n b\r\n')],
    ['a header that is not ASCII', post('x', 'Accept: é\r\n')],
    ['bare line feeds', post('x').replaceAll('\r\n', '\n')],
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['a long head', post('x', `Accept: ${'a'.repeat(9000)}\r\n`)],
    ['a long body', post('x'.repeat(70_000))],
  ])('%s', async (_name, request) => {
    const direct = await serve(describeRequest);
    const node = await serve(describeRequest, { direct: false });
    const first = post('first');
    expect(await talk(direct.port, [request + first], 2)).toBe(
      await talk(node.port, [request + first], 2),
    );
    expect(direct.seenByNode()).toBe(node.seenByNode());
    // Node parses ahead, and would not answer a request before one that is malformed.
    const answer = await talk(direct.port, [first], 1);
    const other = await talk(node.port, [request], 1);
    expect(await talk(direct.port, [first + request], 2)).toBe(answer + other);
  });

  it('in any order, cut anywhere', async () => {
    const direct = await serve(describeRequest);
    const node = await serve(describeRequest, { direct: false });
    const kinds = [
      post('a'),
      post('wait a bit', 'Content-Type: text/csv\r\n'),
      post('refuse'),
      post('b'.repeat(3000)),
      post('x', 'X-Other: 1\r\n'),
      post('x', 'X-Request-Id: first\r\n'),
      post('yes', `traceparent: 00-${trace}-01\r\nX-Request-Id: second\r\n`),
      post('refuse', `X-Request-Id: third\r\ntraceparent: 00-${trace}-00\r\n`),
      post('x', 'X-Request-Id: first\r\nX-Request-Id: second\r\n'),
      post('x', 'Other: 1\r\n'),
      'GET /version HTTP/1.1\r\nHost: h\r\n\r\n',
      post('x').replace(
        /Content-Length.*x$/s,
        'Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n',
      ),
    ];
    const requests = fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 8 });
    const cuts = fc.array(fc.nat(4000), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(requests, cuts, async (list, places) => {
        const pieces = cutAt(list.join(''), places);
        const answer = await talk(direct.port, pieces, list.length);
        expect(answer).toBe(await talk(node.port, [list.join('')], list.length));
      }),
      { numRuns: 150 },
    );
  }, 30_000);
});

function cutAt(text: string, places: readonly number[]): string[] {
  const ends = [...new Set(places), text.length].filter((at) => at > 0 && at <= text.length);
  const sorted = ends.toSorted((a, b) => a - b);
  return sorted.map((end, index) => text.slice(sorted[index - 1] ?? 0, end));
}

describe('a connection', () => {
  it('that ends with its request gets the answer', async () => {
    const { port } = await serve(describeRequest);
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.end(post('last'));
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    expect(chunk.toString()).toContain('"last"');
    await once(socket, 'end');
    socket.end();
  });

  it('that ends while it is answered gets what Node would give it', async () => {
    const answers = await Promise.all(
      [true, false].map(async (direct) => {
        let asked = (): void => undefined;
        const isAsked = new Promise<void>((resolve) => {
          asked = resolve;
        });
        const answer = ({ caller }: ScoringRequest): Promise<string> => {
          asked();
          return new Promise((resolve) => caller?.once('close', () => resolve('"late"')));
        };
        const { port } = await serve(answer, { direct });
        const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
        let received = '';
        socket.on('data', (chunk) => (received += chunk.toString()));
        socket.write(post('x'));
        await isAsked;
        const ended = once(socket, 'end');
        socket.end();
        await ended;
        return received;
      }),
    );
    expect(answers).toEqual(['', '']);
  });

  it('that ends within its request gets 400', async () => {
    const { port } = await serve(describeRequest);
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.end(post('last').slice(0, -1));
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    expect(chunk.toString()).toMatch(/^HTTP\/1\.1 400 /);
    socket.destroy();
  });

  it('that does not go on with its request gets 504', async () => {
    const { port } = await serve(describeRequest, { timeoutMs: 200 });
    const answer = await talk(port, [post('slow').slice(0, -1)], 1);
    expect(answer).toMatch(/^HTTP\/1\.1 504 /);
  });

  it('on which nothing is asked is closed after the keep-alive time', async () => {
    const { server, port } = await serve(describeRequest);
    server.app.server.keepAliveTimeout = 100;
    const answer = await talk(port, [post('one')], 2);
    expect(countAnswers(answer)).toBe(1);
  });

  it('that leaves ends the work for it', async () => {
    let left = (): void => undefined;
    const hasLeft = new Promise<void>((resolve) => {
      left = resolve;
    });
    const { port } = await serve(({ caller }) => {
      caller?.once('close', left);
      return new Promise(() => undefined);
    });
    const socket = net.connect(port, '127.0.0.1');
    socket.write(post('x'), () => setTimeout(() => socket.destroy(), 20));
    await hasLeft;
  });

  it('is closed when the server stops: at once when idle, else with its answer', async () => {
    let answer = (_text: string): void => undefined;
    let asked = (): void => undefined;
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const { server, port } = await serve(({ body }) => {
      if (Buffer.from(body).toString() === 'now') return Promise.resolve('"now"');
      return new Promise((resolve) => {
        answer = resolve;
        asked();
      });
    });
    const idle = talk(port, [post('now')], 2);
    const busy = talk(port, [post('late')], 2);
    await isAsked;
    const stopped = server.stop();
    expect(await idle).toContain('"now"');
    answer('"late"');
    expect(await busy).toMatch(/connection: close\r\n[^]*"late"$/);
    await stopped;
  });
});
