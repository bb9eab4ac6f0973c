/** The package index of this machine, seen through a folder that keeps what was fetched: each wheel is fetched once. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import os from 'node:os';
import path from 'node:path';

/** The index, on this machine. */
export interface WheelCache {
  /** For `PIP_INDEX_URL`. */
  readonly url: string;
  close(): Promise<void>;
}

const folder = path.join(
  process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'),
  'slipway-reference/wheels',
);

/** What pip takes where nothing is said. */
const defaultOfPip = 'from pip._internal.models.index import PyPI; print(PyPI.simple_url)';

function findIndex(python: string): string {
  const said = process.env['PIP_INDEX_URL'];
  if (said !== undefined) return said;
  return execFileSync(python, ['-c', defaultOfPip], { encoding: 'utf8' }).trim();
}

/** Serves the pages of the index as they are now, and files from the folder. `python`: one that has pip. */
export async function startWheelCache(python: string): Promise<WheelCache> {
  mkdirSync(folder, { recursive: true });
  const upstream = findIndex(python);
  const server = createServer((request, response) => {
    void answer(upstream, request.url ?? '', response).catch((error: unknown) => {
      response.writeHead(502).end(String(error));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/simple`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answer(upstream: string, place: string, response: ServerResponse): Promise<void> {
  const [, kind, name = ''] = place.split('/');
  if (kind === 'files') {
    const [, , , file = ''] = place.split('/');
    const suffix = file.endsWith('.metadata') ? '.metadata' : '';
    response.end(await kept(Buffer.from(name, 'base64url').toString() + suffix));
    return;
  }
  const page = `${upstream.replace(/\/+$/, '')}/${name}/`;
  const found = await fetch(page, { headers: { accept: 'text/html' } });
  const text = (await found.text()).replaceAll(/href="([^"#]+)/g, (_all, link: string) => {
    const target = new URL(link, found.url).href;
    return `href="/files/${Buffer.from(target).toString('base64url')}/${path.basename(link)}`;
  });
  response.writeHead(found.status, { 'content-type': 'text/html' }).end(text);
}

async function kept(address: string): Promise<Buffer> {
  const file = path.join(folder, createHash('sha256').update(address).digest('hex'));
  if (existsSync(file)) return readFileSync(file);
  const found = await fetch(address);
  if (!found.ok) throw new Error(`${address}: ${found.status}`);
  const bytes = Buffer.from(await found.arrayBuffer());
  const part = `${file}.${process.pid}.${performance.now()}`;
  writeFileSync(part, bytes);
  renameSync(part, file);
  return bytes;
}
