/** A scoring server whose model says how long the body was that it got, and clients that show all of an answer. */
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { ServerAddress } from '../../src/contract/flavor-backend.ts';
import type { Responder } from '../../src/repository/preferred-responder.ts';
import {
  createScoringServer,
  type ScoringServer,
  type ScoringServerOptions,
} from '../../src/server/create-scoring-server.ts';
import { listen, type ListenOptions } from '../../src/server/listen.ts';

/** A server under test. */
export interface EchoServer {
  readonly server: ScoringServer;
  readonly address: ServerAddress;
  readonly port: number;
}

/** Servers of one test file; `close` ends them. */
export class EchoServers {
  readonly #servers: ScoringServer[] = [];

  async start(
    options: Partial<ScoringServerOptions> = {},
    place: Partial<ListenOptions> = {},
  ): Promise<EchoServer> {
    const responder: Responder = {
      streams: false,
      respond: async ({ body }) => `{"bytes": ${body.length}}`,
    };
    const server = createScoringServer(responder, {
      compat: 'slipway',
      timeoutMs: 30_000,
      report: () => undefined,
      ...options,
    });
    const address = await listen(server, { host: '127.0.0.1', port: 0, ...place });
    this.#servers.push(server);
    return { server, address, port: address.port };
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.splice(0).map((server) => server.stop()));
  }
}

/** An answer. */
export interface Answered {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/** What is sent; by default `POST /invocations` of `{}`. */
export interface Asking extends Omit<https.RequestOptions, 'headers'> {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly secure?: boolean;
}

/** Sends a request on a connection of its own. A body goes with its length, unless a transfer encoding is given. */
export function ask({ body = '{}', secure = false, ...options }: Asking): Promise<Answered> {
  const isGet = options.method === 'GET' || options.method === 'OPTIONS';
  const isChunked = options.headers !== undefined && 'transfer-encoding' in options.headers;
  const headers = {
    'content-type': 'application/json',
    ...(!isChunked && !isGet && { 'content-length': Buffer.byteLength(body) }),
    ...options.headers,
  };
  return new Promise((resolve, reject) => {
    const request = (secure ? https : http).request(
      {
        host: '127.0.0.1',
        path: '/invocations',
        method: 'POST',
        agent: false,
        ...options,
        headers,
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(isGet ? undefined : body);
  });
}

/** Sends pieces of text, one every `everyMs`, until the server closes; resolves with all that came back. */
export function trickle(port: number, pieces: readonly string[], everyMs: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1').setEncoding('latin1');
    let received = '';
    let at = 0;
    const timer = setInterval(() => {
      if (socket.writable) socket.write(pieces[at++ % pieces.length] ?? '');
    }, everyMs);
    socket.on('data', (chunk: string) => (received += chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(timer);
      resolve(received);
    });
  });
}
