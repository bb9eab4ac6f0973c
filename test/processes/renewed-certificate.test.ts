/** SIGHUP to a server of several processes that speaks TLS. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { expect, it } from 'vitest';
import { hasOpenssl, makeCertificate } from './certificates.ts';
import { childrenOf, exampleModel, serveGroup } from './serving-group.ts';

function subjectAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

it.skipIf(process.platform !== 'linux' || !hasOpenssl())(
  'has all processes take the renewed certificate, and none ends (needs openssl)',
  { timeout: 60_000 },
  async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-renewed-'));
    const [cert, key] = [path.join(folder, 'now.crt'), path.join(folder, 'now.key')];
    const put = (name: string): void => {
      copyFileSync(path.join(folder, `${name}.key`), key);
      copyFileSync(path.join(folder, `${name}.crt`), cert);
    };
    for (const name of ['first', 'second']) makeCertificate(folder, name);
    put('first');
    const tlsArgs = ['--tls-cert', cert, '--tls-key', key];
    const args = ['-m', exampleModel, '--runtime', 'native', '--workers', '2', ...tlsArgs];
    const { child, port, ended, errors } = await serveGroup(args);
    const processes = childrenOf(child.pid);
    expect(await subjectAt(port)).toBe('first');
    put('second');
    child.kill('SIGHUP');
    // One connection goes to each.
    const subjects = async (): Promise<readonly string[]> => [
      await subjectAt(port),
      await subjectAt(port),
    ];
    await expect.poll(subjects, { timeout: 20_000 }).toEqual(['second', 'second']);
    expect([childrenOf(child.pid), errors()]).toEqual([processes, '']);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    rmSync(folder, { recursive: true });
  },
);
