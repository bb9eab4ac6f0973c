/** A package index that asks for a password, with one package. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { writeTinyWheel } from '../environments/tiny-wheel.ts';

/** The index. */
export interface PrivateIndex {
  readonly port: number;
  /** Paths that were asked for with the right password. */
  readonly served: readonly string[];
  close(): Promise<void>;
}

/** Serves `tiny-pkg` 1.0 to whoever has the password. */
export async function startPrivateIndex(user: string, password: string): Promise<PrivateIndex> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-index-'));
  writeTinyWheel(folder, '1.0');
  const [wheel = ''] = readdirSync(folder);
  const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const served: string[] = [];
  const server = createServer((request, response) => {
    if (request.headers.authorization !== expected) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="index"' }).end();
      return;
    }
    const place = request.url ?? '';
    served.push(place);
    if (place === '/simple/tiny-pkg/') {
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end(`<a href="../../files/${wheel}">${wheel}</a>`);
    } else if (place === `/files/${wheel}`) {
      response.end(readFileSync(path.join(folder, wheel)));
    } else {
      response.writeHead(404).end();
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    served,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
