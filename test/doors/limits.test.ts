/** What a client may send, and how slowly. */
import { once } from 'node:events';
import net from 'node:net';
import zlib from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, EchoServers, trickle } from './echo-server.ts';

const servers = new EchoServers();
afterEach(() => servers.close());

const limit = 100_000;
const chunked = { 'transfer-encoding': 'chunked' };

describe('the body limit', () => {
  it.each([
    ['by its length', {}, (bytes: number) => Buffer.alloc(bytes, 32)],
    ['in chunks', chunked, (bytes: number) => Buffer.alloc(bytes, 32)],
    [
      'decoded',
      { 'content-encoding': 'gzip' },
      (bytes: number) => zlib.gzipSync(Buffer.alloc(bytes, 32)),
    ],
  ])('is exact for a body %s', async (_name, headers, bodyOf) => {
    const { port } = await servers.start({ bodyLimitBytes: limit });
    for (const bytes of [limit - 1, limit]) {
      const { status, text } = await ask({ port, headers, body: bodyOf(bytes) });
      expect([status, text]).toEqual([200, `{"bytes": ${bytes}}`]);
    }
    const { status, text } = await ask({ port, headers, body: bodyOf(limit + 1) });
    expect(status).toBe(413);
    expect(JSON.parse(text)).toMatchObject({
      error_code: 'BAD_REQUEST',
      message: expect.stringContaining(`${limit} bytes`),
    });
  });

  it('holds for small bodies, which are read in another way', async () => {
    const { port } = await servers.start({ bodyLimitBytes: 10 });
    const statuses = [9, 10, 11].map(
      async (bytes) => (await ask({ port, body: 'x'.repeat(bytes) })).status,
    );
    expect(await Promise.all(statuses)).toEqual([200, 200, 413]);
  });

  it('is answered before the body is there, and the connection goes on', async () => {
    const { port } = await servers.start({ bodyLimitBytes: limit });
    const socket = net.connect(port, '127.0.0.1').setEncoding('latin1');
    const bytes = limit + 50_000;
    socket.write(`POST /invocations HTTP/1.1\r\nhost: h\r\ncontent-length: ${bytes}\r\n\r\n`);
    const [refused] = (await once(socket, 'data')) as [string];
    expect(refused).toMatch(/^HTTP\/1\.1 413 /);
    socket.write(' '.repeat(bytes));
    socket.write('GET /ping HTTP/1.1\r\nhost: h\r\n\r\n');
    const [next] = (await once(socket, 'data')) as [string];
    expect(next).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
  });

  it('spares a client that asks first its upload', async () => {
    const { port } = await servers.start({ bodyLimitBytes: limit });
    const socket = net.connect(port, '127.0.0.1').setEncoding('latin1');
    const expecting = (bytes: number): string =>
      `POST /invocations HTTP/1.1\r\nhost: h\r\nexpect: 100-continue\r\ncontent-type: application/json\r\ncontent-length: ${bytes}\r\n\r\n`;
    socket.write(expecting(2));
    const [go] = (await once(socket, 'data')) as [string];
    expect(go).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    socket.write('{}');
    const [answer] = (await once(socket, 'data')) as [string];
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    let rest = '';
    socket.on('data', (chunk: string) => (rest += chunk));
    socket.write(expecting(limit + 1));
    await once(socket, 'close');
    expect(rest).toMatch(/^HTTP\/1\.1 413 [^]*connection: close/i);
  });
});

describe('a compressed body', () => {
  const body = '{"dataframe_split": {"columns": ["x"], "data": [[1], [2], [3]]}}';
  // Made by zstandard 0.25 for Python: with its size stated, and without.
  const zstd = {
    sized:
      'KLUv/SBAAQIAeyJkYXRhZnJhbWVfc3BsaXQiOiB7ImNvbHVtbnMiOiBbIngiXSwgImRhdGEiOiBbWzFdLCBbMl0sIFszXV19fQ==',
    unsized:
      'KLUv/QBYAQIAeyJkYXRhZnJhbWVfc3BsaXQiOiB7ImNvbHVtbnMiOiBbIngiXSwgImRhdGEiOiBbWzFdLCBbMl0sIFszXV19fQ==',
    millionSized: 'KLUv/aRAQg8AVAAAEGFhAQD7/znAAgIAEGECABBhAgAQYQIAEGECABBhAgAQYQMSCmFA3E+b',
    millionUnsized: 'KLUv/QBYVAAAEGFhAQD7/znAAgIAEGECABBhAgAQYQIAEGECABBhAgAQYQMSCmE=',
  };

  it.each([
    ['gzip', zlib.gzipSync(body)],
    ['x-gzip', zlib.gzipSync(body)],
    ['GZIP', zlib.gzipSync(body)],
    ['deflate', zlib.deflateSync(body)],
    ['br', zlib.brotliCompressSync(body)],
    ['zstd', Buffer.from(zstd.sized, 'base64')],
    ['zstd', Buffer.from(zstd.unsized, 'base64')],
    ['identity', Buffer.from(body)],
  ])('of %s is decoded', async (coding, compressed) => {
    const { port } = await servers.start();
    const { status, text } = await ask({
      port,
      headers: { 'content-encoding': coding },
      body: compressed,
    });
    expect([status, text]).toEqual([200, `{"bytes": ${body.length}}`]);
  });

  it.each([
    ['gzip', zlib.gzipSync(Buffer.alloc(200 * 2 ** 20))],
    [
      'br',
      zlib.brotliCompressSync(Buffer.alloc(50 * 2 ** 20), {
        params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 },
      }),
    ],
    ['zstd', Buffer.from(zstd.millionSized, 'base64')],
    ['zstd', Buffer.from(zstd.millionUnsized, 'base64')],
  ])('of %s that is a bomb is refused', async (coding, compressed) => {
    const { port } = await servers.start({ bodyLimitBytes: 500_000 });
    const { status, text } = await ask({
      port,
      headers: { 'content-encoding': coding },
      body: compressed,
    });
    expect(status).toBe(413);
    expect(text).toContain('500000 bytes');
    expect(process.memoryUsage().rss).toBeLessThan(2 ** 30);
  });

  it.each(['gzip', 'br', 'zstd', 'deflate'])('of %s that is not one is refused', async (coding) => {
    const { port } = await servers.start();
    const { status, text } = await ask({ port, headers: { 'content-encoding': coding }, body });
    expect(status).toBe(400);
    expect(text).toContain(`is not valid ${coding}`);
  });

  it('that ends too early is refused', async () => {
    const { port } = await servers.start();
    for (const [coding, whole] of [
      ['gzip', zlib.gzipSync(body)],
      ['zstd', Buffer.from(zstd.sized, 'base64')],
    ] as const) {
      const headers = { 'content-encoding': coding };
      expect((await ask({ port, headers, body: whole.subarray(0, -9) })).status).toBe(400);
    }
  });

  it('of another coding is refused with those that are decoded', async () => {
    const { port } = await servers.start();
    const { status, headers } = await ask({
      port,
      headers: { 'content-encoding': 'compress' },
      body,
    });
    expect([status, headers['accept-encoding']]).toEqual([415, 'gzip, br, zstd, deflate']);
  });

  it('is taken as it is with --compat mlflow', async () => {
    const { port } = await servers.start({ compat: 'mlflow' });
    const compressed = zlib.gzipSync(body);
    const { text } = await ask({ port, headers: { 'content-encoding': 'gzip' }, body: compressed });
    expect(text).toBe(`{"bytes": ${compressed.length}}`);
  });
});

describe('a slow client', () => {
  it.each([
    ['head', { headerTimeoutMs: 300 }, ['POST /invocations HTTP/1.1\r\n', 'x-a: b\r\n']],
    [
      'body',
      { bodyTimeoutMs: 300 },
      ['POST /invocations HTTP/1.1\r\nhost: h\r\ncontent-length: 1000\r\n\r\n', ' '],
    ],
  ])(
    'with its %s is refused, and others are not held up',
    async (_name, options, [first = '', more = '']) => {
      const { port } = await servers.start(options);
      const slow = Array.from({ length: 20 }, () =>
        trickle(port, [first, ...Array.from({ length: 99 }, () => more)], 20),
      );
      for (let i = 0; i < 5; i++) expect((await ask({ port })).status).toBe(200);
      for (const received of slow) expect(await received).toMatch(/^HTTP\/1\.1 (408|504) /);
    },
  );

  it('of a body is told 408 where that has a limit of its own', async () => {
    const { port } = await servers.start({ bodyTimeoutMs: 200 });
    const start = 'POST /invocations HTTP/1.1\r\nhost: h\r\ncontent-length: 1000\r\n\r\n';
    expect(await trickle(port, [start, ' '], 20)).toMatch(/^HTTP\/1\.1 408 /);
  });
});

it('more connections than there may be are closed', async () => {
  const { port } = await servers.start({ maxConnections: 2 });
  const kept = [net.connect(port, '127.0.0.1'), net.connect(port, '127.0.0.1')];
  await Promise.all(kept.map((socket) => once(socket, 'connect')));
  const third = net.connect(port, '127.0.0.1');
  third.on('error', () => undefined);
  await once(third, 'close');
  for (const socket of kept) socket.destroy();
  await expect
    .poll(() =>
      ask({ port }).then(
        ({ status }) => status,
        () => 0,
      ),
    )
    .toBe(200);
});

it('a silent connection is closed after its time', async () => {
  const { port } = await servers.start({ keepAliveTimeoutMs: 100 });
  const socket = net.connect(port, '127.0.0.1');
  socket.write('GET /ping HTTP/1.1\r\nhost: h\r\n\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 /);
  await once(socket, 'close');
});
