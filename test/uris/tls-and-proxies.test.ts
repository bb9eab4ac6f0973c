/** Servers behind TLS and proxies: own authorities, client certificates, tunnels. Certificates are made by openssl. */
import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveModelUri } from '../../src/uri/resolve-model-uri.ts';
import { type HttpDouble, startHttpDouble } from './http-double.ts';

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version']);
    return true;
  } catch {
    return false;
  }
}

let folder = '';
let double: HttpDouble;
let secure: https.Server;
let proxy: http.Server;
let cacheCount = 0;
/** What the secure server saw of its clients, and what the proxy was asked for. */
const peers: (string | undefined)[] = [];
const tunnels: string[] = [];
const proxyCredentials: (string | undefined)[] = [];

async function listen(server: http.Server | https.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe.skipIf(!hasOpenssl())('TLS and proxies (need openssl)', () => {
  const ports = { secure: 0, proxy: 0 };
  const file = (name: string): string => path.join(folder, name);

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'slipway-tls-'));
    double = await startHttpDouble();
    double.files.set('m/MLmodel', Buffer.from('flavors: {}\n')).set('m/x', Buffer.alloc(100_000));
    for (const name of ['server', 'client']) {
      await promisify(execFile)('openssl', [
        ...`req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=${name}`.split(' '),
        ...'-addext subjectAltName=DNS:localhost,IP:127.0.0.1'.split(' '),
        '-keyout',
        file(`${name}.key`),
        '-out',
        file(`${name}.crt`),
      ]);
    }
    const pair = await Promise.all(
      ['client.crt', 'client.key'].map((name) => readFile(file(name))),
    );
    await writeFile(file('client.pem'), Buffer.concat(pair));
    const [key, cert, ca] = await Promise.all(
      ['server.key', 'server.crt', 'client.crt'].map((name) => readFile(file(name))),
    );
    // Passes on to the double, which speaks plain HTTP.
    secure = https.createServer(
      { key, cert, ca, requestCert: true, rejectUnauthorized: false },
      (request, answer) => {
        const socket = request.socket as TLSSocket;
        peers.push(socket.authorized ? String(socket.getPeerCertificate().subject.CN) : undefined);
        const url = `${double.url}${request.url ?? ''}`;
        http.get(url, (inner) => {
          answer.writeHead(inner.statusCode ?? 500, inner.headers);
          inner.pipe(answer);
        });
      },
    );
    proxy = http.createServer((request, answer) => {
      tunnels.push(request.url ?? '');
      http.get(request.url ?? '', (inner) => {
        answer.writeHead(inner.statusCode ?? 500, inner.headers);
        inner.pipe(answer);
      });
    });
    proxy.on('connect', (request: http.IncomingMessage, socket: Socket) => {
      tunnels.push(request.url ?? '');
      proxyCredentials.push(request.headers['proxy-authorization']);
      const target = connect(ports.secure, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        target.pipe(socket).pipe(target);
      });
      for (const end of [socket, target]) end.on('error', () => end.destroy());
    });
    ports.secure = await listen(secure);
    ports.proxy = await listen(proxy);
  });

  afterAll(async () => {
    for (const server of [secure, proxy]) {
      server.closeAllConnections();
      server.close();
    }
    await double.close();
    await rm(folder, { recursive: true, force: true });
  });

  function fetchWith(
    extra: NodeJS.ProcessEnv,
    base = `https://localhost:${ports.secure}`,
  ): Promise<string> {
    const environment = {
      HOME: folder,
      SLIPWAY_CACHE: file(`cache-${(cacheCount += 1)}`),
      MLFLOW_TRACKING_URI: base,
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: '1',
      ...extra,
    };
    return resolveModelUri('mlflow-artifacts:/m', { environment });
  }

  async function expectModel(directory: string): Promise<void> {
    expect(await readFile(path.join(directory, 'x'))).toHaveLength(100_000);
  }

  it('refuse a certificate that nobody vouches for, and say what to do', async () => {
    await expect(fetchWith({})).rejects.toMatchObject({
      code: 'MODEL_FETCH_FAILED',
      message: expect.stringMatching(/MLFLOW_TRACKING_SERVER_CERT_PATH/) as string,
    });
  });

  it('take it with MLFLOW_TRACKING_SERVER_CERT_PATH', async () => {
    await expectModel(await fetchWith({ MLFLOW_TRACKING_SERVER_CERT_PATH: file('server.crt') }));
  });

  it('take any with MLFLOW_TRACKING_INSECURE_TLS', async () => {
    await expectModel(await fetchWith({ MLFLOW_TRACKING_INSECURE_TLS: 'true' }));
    const both = { MLFLOW_TRACKING_INSECURE_TLS: '1', MLFLOW_TRACKING_SERVER_CERT_PATH: 'x' };
    await expect(fetchWith(both)).rejects.toMatchObject({ code: 'INVALID_ENVIRONMENT_VARIABLE' });
  });

  it('show the client certificate', async () => {
    peers.length = 0;
    const tls = { MLFLOW_TRACKING_SERVER_CERT_PATH: file('server.crt') };
    await fetchWith({ ...tls, MLFLOW_TRACKING_CLIENT_CERT_PATH: file('client.pem') });
    expect([...new Set(peers)]).toEqual(['client']);
    const missing = { ...tls, MLFLOW_TRACKING_CLIENT_CERT_PATH: '/nowhere.pem' };
    await expect(fetchWith(missing)).rejects.toThrow(/nowhere\.pem, which cannot be read/);
  });

  it('go through the proxy, with its credentials, unless NO_PROXY exempts the host', async () => {
    tunnels.length = 0;
    const tls = { MLFLOW_TRACKING_SERVER_CERT_PATH: file('server.crt') };
    const through = { ...tls, HTTPS_PROXY: `http://me:pass%20word@127.0.0.1:${ports.proxy}` };
    await expectModel(await fetchWith(through));
    expect([...new Set(tunnels)]).toEqual([`localhost:${ports.secure}`]);
    const basic = `Basic ${Buffer.from('me:pass word').toString('base64')}`;
    expect([...new Set(proxyCredentials)]).toEqual([basic]);
    tunnels.length = 0;
    await expectModel(await fetchWith({ ...through, NO_PROXY: 'example.org, localhost' }));
    expect(tunnels).toEqual([]);
  });

  it('ask the proxy for plain addresses as a whole', async () => {
    tunnels.length = 0;
    const through = { http_proxy: `127.0.0.1:${ports.proxy}` };
    await expectModel(await fetchWith(through, double.url));
    expect(tunnels.length).toBeGreaterThan(2);
    expect(tunnels.every((url) => url.startsWith(`${double.url}/api/`))).toBe(true);
  });
});
