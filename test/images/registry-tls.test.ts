/** Registries behind TLS and proxies, and what never goes over plain HTTP. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { connect, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pushImage } from '../../src/image/registry/push-image.ts';
import { RegistryAuth } from '../../src/image/registry/registry-auth.ts';
import { RegistryClient } from '../../src/image/registry/registry-client.ts';
import type { RegistryOptions } from '../../src/image/registry/registry-options.ts';
import { type FakeRegistry, startFakeRegistry } from './fake-registry.ts';
import { makeSmallImage } from './small-image.ts';
import { storedImage } from './stored-image.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-registry-tls-'));
afterAll(() => rmSync(folder, { recursive: true }));

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version']);
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!process.env['CI'] && !hasOpenssl())('a registry with TLS (needs openssl)', () => {
  let registry: FakeRegistry;
  let environment: NodeJS.ProcessEnv;
  const certificate = path.join(folder, 'registry.crt');

  beforeAll(async () => {
    const key = path.join(folder, 'registry.key');
    const request = 'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=registry'.split(' ');
    const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    execFileSync('openssl', [...request, ...names, '-keyout', key, '-out', certificate], {
      stdio: 'ignore',
    });
    const tls = { key: readFileSync(key), cert: readFileSync(certificate) };
    registry = await startFakeRegistry({ tls, auth: 'bearer' });
    const auth = Buffer.from('user:pass').toString('base64');
    writeFileSync(
      path.join(folder, 'config.json'),
      JSON.stringify({ auths: { [registry.host]: { auth } } }),
    );
    environment = { PATH: process.env['PATH'], HOME: folder, DOCKER_CONFIG: folder };
  });
  afterAll(() => registry.close());

  async function push(options: RegistryOptions): Promise<void> {
    const limits = { maxRetries: 1, backoffMs: 1, timeoutMs: 5000 };
    const client = new RegistryClient(registry.host, 'team/model', { ...limits, ...options });
    try {
      registry.manifests.clear();
      await pushImage(client, { image: await makeSmallImage(folder), tags: ['1'] });
    } finally {
      client.close();
    }
  }

  it('is trusted by SSL_CERT_FILE, or with --insecure-registry', async () => {
    await push({ environment: { ...environment, SSL_CERT_FILE: certificate } });
    expect(storedImage(registry, 'team/model', '1')).not.toBeNull();
    await push({ environment, insecure: true });
    expect(storedImage(registry, 'team/model', '1')).not.toBeNull();
  });

  it('is not trusted otherwise; one line says what to name', async () => {
    await expect(push({ environment })).rejects.toThrow(/NODE_EXTRA_CA_CERTS/);
    expect(registry.manifests.size).toBe(0);
  });

  it('is reached through a proxy', async () => {
    const tunnels: string[] = [];
    const sockets: Socket[] = [];
    const proxy = http.createServer().on('connect', (request, socket: Socket) => {
      tunnels.push(request.url ?? '');
      const [host = '', port = ''] = (request.url ?? '').split(':');
      const target = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(target).pipe(socket);
      });
      for (const one of [socket, target]) one.on('error', () => one.destroy());
      sockets.push(socket, target);
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const address = proxy.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const HTTPS_PROXY = `http://127.0.0.1:${port}`;
    await push({ environment: { ...environment, SSL_CERT_FILE: certificate, HTTPS_PROXY } });
    expect(new Set(tunnels)).toEqual(new Set([registry.host]));
    for (const socket of sockets) socket.destroy();
    proxy.close();
    await once(proxy, 'close');
  });
});

describe('credentials', () => {
  const credentials = { kind: 'password', username: 'user', password: 'pass' } as const;
  const auth = (): RegistryAuth =>
    new RegistryAuth('registry.example', credentials, () => Promise.resolve('{"token":"t"}'));

  it('go to their registry, encrypted, and nowhere else', async () => {
    const basic = auth();
    const url = new URL('https://registry.example/v2/');
    expect(basic.learn(url, 'Basic realm="x"', '')).toBe(true);
    expect(await basic.headerFor(url, '')).toMatch(/^Basic /);
    expect(await basic.headerFor(new URL('http://registry.example/v2/'), '')).toBeNull();
    expect(await basic.headerFor(new URL('https://cdn.example/v2/'), '')).toBeNull();
    expect(await basic.headerFor(new URL('https://registry.example:8443/v2/'), '')).toBeNull();
  });

  it('are refused where plain HTTP would carry them', async () => {
    const plain = new URL('http://registry.example/v2/');
    expect(() => auth().learn(plain, 'Basic realm="x"', '')).toThrow(/over plain HTTP/);
    const bearer = auth();
    const url = new URL('https://registry.example/v2/');
    bearer.learn(url, 'Bearer realm="http://token.example/",service="s"', '');
    await expect(bearer.headerFor(url, 'repository:x:pull')).rejects.toThrow(/over plain HTTP/);
  });
});
