/** Who may ask: host check, keys, origins, TLS, unix socket. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createDoors } from '../../src/server/doors/doors.ts';
import { createHostCheck } from '../../src/server/doors/host-check.ts';
import { readTlsFiles } from '../../src/server/doors/tls-files.ts';
import { ask, EchoServers } from './echo-server.ts';

const servers = new EchoServers();
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-doors-'));
});
afterEach(() => servers.close());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the host check', () => {
  it.each([
    'localhost',
    'localhost:5000',
    '127.0.0.1:5000',
    '[::1]:5000',
    '192.168.1.7',
    'model',
    'a.localhost:1',
  ])('lets %s pass on a loopback address', (host) =>
    expect(createHostCheck('127.0.0.1')?.(host)).toBe(true),
  );

  it.each([
    'evil.example',
    'evil.example:5000',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '::1.evil.example',
    'evil.example.',
  ])('refuses %s there', (host) => expect(createHostCheck('localhost')?.(host)).toBe(false));

  it('is not made for other addresses, unless names are given', () => {
    expect(createHostCheck('0.0.0.0')).toBeNull();
    expect(createHostCheck('127.0.0.1', ['*'])).toBeNull();
    const check = createHostCheck('0.0.0.0', ['models.example']);
    expect([check?.('Models.Example:443'), check?.('evil.example')]).toEqual([true, false]);
  });

  it('refuses with 403, in the form of the protocol', async () => {
    const { port } = await servers.start({ doors: createDoors({ host: '127.0.0.1' }) });
    const headers = { host: 'evil.example' };
    const scoring = await ask({ port, headers });
    expect(scoring.status).toBe(403);
    expect(JSON.parse(scoring.text)).toMatchObject({
      error_code: 'PERMISSION_DENIED',
      message: expect.stringContaining('--allowed-host'),
    });
    const v2 = await ask({ port, headers, path: '/v2/health/live', method: 'GET' });
    expect([v2.status, Object.keys(JSON.parse(v2.text) as object)]).toEqual([403, ['error']]);
    expect((await ask({ port })).status).toBe(200);
  });
});

describe('keys', () => {
  const doors = createDoors({ host: null, apiKeys: ['first key', 'second-key'] });

  it.each([
    [{ authorization: 'Bearer second-key' }, 200],
    [{ authorization: 'bearer  second-key' }, 200],
    [{ 'x-api-key': 'first key' }, 200],
    [{}, 401],
    [{ authorization: 'Bearer second-key2' }, 401],
    [{ authorization: 'second-key' }, 401],
    [{ authorization: 'Basic second-key' }, 401],
    [{ 'x-api-key': '' }, 401],
    [{ 'x-api-key': 'second' }, 401],
  ])('%j → %i', async (headers, status) => {
    const { port } = await servers.start({ doors });
    expect((await ask({ port, headers })).status).toBe(status);
  });

  it('are asked for everywhere but where load balancers look', async () => {
    const { port } = await servers.start({ doors });
    const statusOf = async (url: string): Promise<number> =>
      (await ask({ port, path: url, method: 'GET' })).status;
    expect(await Promise.all(['/ping', '/health', '/ping?x=1'].map(statusOf))).toEqual([
      200, 200, 200,
    ]);
    expect(
      await Promise.all(
        ['/version', '/docs', '/nope', '/ping/', '/%zz', '/.refused'].map(statusOf),
      ),
    ).toEqual([401, 401, 401, 401, 401, 401]);
  });

  it('are asked for before the body is read', async () => {
    const { port } = await servers.start({ doors });
    const socket = net.connect(port, '127.0.0.1').setEncoding('latin1');
    socket.write('POST /invocations HTTP/1.1\r\nhost: h\r\ncontent-length: 1000000000\r\n\r\n');
    const text = await new Promise<string>((resolve) =>
      socket.once('data', resolve as (chunk: unknown) => void),
    );
    expect(text).toMatch(/^HTTP\/1\.1 401 [^]*www-authenticate: Bearer/);
    socket.destroy();
  });
});

describe('other origins', () => {
  const preflight = {
    origin: 'https://app.example',
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type',
  };

  it('may not ask by default', async () => {
    const { port } = await servers.start();
    const { status } = await ask({ port, method: 'OPTIONS', headers: preflight });
    expect(status).toBe(405);
    const { headers } = await ask({ port, headers: { origin: 'https://app.example' } });
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  it('may where they were named', async () => {
    const doors = createDoors({
      host: '127.0.0.1',
      corsOrigins: ['https://app.example'],
      apiKeys: ['k'],
    });
    const { port } = await servers.start({ doors });
    const first = await ask({ port, method: 'OPTIONS', headers: preflight });
    expect(first.status).toBe(204);
    expect(first.headers).toMatchObject({
      'access-control-allow-origin': 'https://app.example',
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'content-type',
      vary: 'Origin',
    });
    const asked = await ask({ port, headers: { origin: 'https://app.example', 'x-api-key': 'k' } });
    expect([asked.status, asked.headers['access-control-allow-origin']]).toEqual([
      200,
      'https://app.example',
    ]);
    const other = await ask({
      port,
      headers: { origin: 'https://other.example', 'x-api-key': 'k' },
    });
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
  });
});

it('every answer tells browsers not to guess its type', async () => {
  const { port } = await servers.start();
  const all = [
    ask({ port }),
    ask({ port, path: '/ping', method: 'GET' }),
    ask({ port, path: '/nope' }),
    ask({ port, headers: { 'x-other': '1' } }),
  ];
  for (const { headers } of await Promise.all(all))
    expect(headers['x-content-type-options']).toBe('nosniff');
});

const hasOpenssl = process.env['CI'] !== undefined || isThere('openssl');

describe.skipIf(!hasOpenssl)('TLS (needs openssl)', () => {
  const certificate = (name: string): { readonly cert: string; readonly key: string } => {
    const cert = path.join(folder, `${name}.crt`);
    const key = path.join(folder, `${name}.key`);
    if (!existsSync(cert)) {
      execFileSync(
        'openssl',
        [
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:prime256v1',
          '-nodes',
          '-days',
          '2',
          '-subj',
          `/CN=${name}`,
          '-addext',
          'subjectAltName=IP:127.0.0.1',
          '-keyout',
          key,
          '-out',
          cert,
        ],
        { stdio: 'ignore' },
      );
    }
    return { cert, key };
  };

  it('is spoken, and nothing else', async () => {
    const files = await readTlsFiles({ ...certificate('one'), clientCa: null });
    const { port, address } = await servers.start(
      { doors: createDoors({ host: null, tls: files }) },
      { isSecure: true },
    );
    expect(address.url).toBe(`https://127.0.0.1:${port}`);
    const { status, text } = await ask({ port, secure: true, ca: files.context.cert });
    expect([status, text]).toEqual([200, '{"bytes": 2}']);
    await expect(ask({ port })).rejects.toThrow();
    await expect(ask({ port, secure: true })).rejects.toThrow(/certificate/);
  });

  it('may ask clients for a certificate', async () => {
    const client = certificate('client');
    const files = await readTlsFiles({ ...certificate('one'), clientCa: client.cert });
    const { port } = await servers.start({ doors: createDoors({ host: null, tls: files }) });
    const ca = files.context.cert;
    const shown = { cert: readFileSync(client.cert), key: readFileSync(client.key) };
    expect((await ask({ port, secure: true, ca, ...shown })).status).toBe(200);
    await expect(ask({ port, secure: true, ca })).rejects.toThrow();
    const other = certificate('other');
    const wrong = { cert: readFileSync(other.cert), key: readFileSync(other.key) };
    await expect(ask({ port, secure: true, ca, ...wrong })).rejects.toThrow();
  });

  it('takes a renewed certificate, and keeps the old one where the new one is damaged', async () => {
    const first = certificate('first');
    const second = certificate('second');
    const paths = { cert: path.join(folder, 'renewed.crt'), key: path.join(folder, 'renewed.key') };
    const put = (from: typeof first): void => {
      copyFileSync(from.key, paths.key);
      copyFileSync(from.cert, paths.cert);
    };
    put(first);
    const reports: string[] = [];
    const files = await readTlsFiles({ ...paths, clientCa: null });
    const { port } = await servers.start({
      doors: createDoors({ host: null, tls: files }),
      report: (line) => reports.push(line),
    });
    expect(await subjectAt(port)).toBe('first');
    put(second);
    process.emit('SIGHUP');
    await expect.poll(() => subjectAt(port)).toBe('second');
    writeFileSync(paths.cert, 'damaged');
    process.emit('SIGHUP');
    await expect.poll(() => reports.join()).toContain('The old certificate is kept');
    expect(await subjectAt(port)).toBe('second');
  });

  it.each([
    [
      'a key of another',
      () => ({ cert: certificate('one').cert, key: certificate('other').key }),
      /is not that of the certificate/,
    ],
    ['no file', () => ({ cert: '/nope', key: certificate('one').key }), /cannot be read/],
    ['no PEM', () => ({ cert: import.meta.filename, key: certificate('one').key }), /holds no PEM/],
  ])('is refused with %s', async (_name, paths, message) => {
    await expect(readTlsFiles({ ...paths(), clientCa: null })).rejects.toMatchObject({
      code: 'TLS_FILE_INVALID',
      message: expect.stringMatching(message),
    });
  });
});

describe.skipIf(process.platform === 'win32')('a unix socket', () => {
  it('is listened at, with its mode, and removed at the end', async () => {
    const unixSocket = path.join(folder, 'one.sock');
    const { address } = await servers.start({}, { unixSocket, unixSocketMode: 0o600 });
    expect(address).toMatchObject({ url: `unix:${unixSocket}`, unixSocket });
    expect(statSync(unixSocket).mode & 0o777).toBe(0o600);
    expect((await ask({ socketPath: unixSocket })).text).toBe('{"bytes": 2}');
    await servers.close();
    expect(existsSync(unixSocket)).toBe(false);
  });

  it('that a server left is replaced; one in use, or another file, is not', async () => {
    const unixSocket = path.join(folder, 'two.sock');
    const program = `require('net').createServer().listen(${JSON.stringify(unixSocket)}, () => process.kill(process.pid, 'SIGKILL'))`;
    expect(() => execFileSync(process.execPath, ['-e', program], { stdio: 'ignore' })).toThrow();
    expect(existsSync(unixSocket)).toBe(true);
    await servers.start({}, { unixSocket });
    await expect(servers.start({}, { unixSocket })).rejects.toMatchObject({ code: 'PORT_IN_USE' });
    const file = path.join(folder, 'file');
    writeFileSync(file, 'precious');
    chmodSync(file, 0o600);
    await expect(servers.start({}, { unixSocket: file })).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
    });
    expect(readFileSync(file, 'utf8')).toBe('precious');
  });
});

function subjectAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

function isThere(program: string): boolean {
  try {
    execFileSync(program, ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
