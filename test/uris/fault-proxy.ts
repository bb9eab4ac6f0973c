/** Stands before a real server, and does to its answers what a bad network does. */
import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';

/** What happens to an answer: another status, only so many bytes of it (then the connection is cut), fewer bytes than it says. */
export type AnswerFault =
  | { readonly status: number }
  | { readonly cutAfter: number }
  | { readonly truncateTo: number };

/** A running proxy. */
export interface FaultProxy {
  readonly url: string;
  /** `GET /path?query` of every request. */
  readonly requests: string[];
  /** Asked for each request; null leaves the answer alone. May act on the server behind. */
  fault: (line: string) => AnswerFault | null | Promise<AnswerFault | null>;
  close(): Promise<void>;
}

/** Starts a proxy before the server at `target`. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const behind = new URL(target);
  const server = http.createServer((request, answer) => {
    const line = `${request.method ?? ''} ${request.url ?? ''}`;
    proxy.requests.push(line);
    void Promise.resolve(proxy.fault(line)).then((fault) =>
      forward(behind, request, answer, fault),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${port}`,
    requests: [],
    fault: () => null,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}

function forward(
  { hostname, port }: URL,
  request: IncomingMessage,
  answer: ServerResponse,
  fault: AnswerFault | null,
): void {
  if (fault !== null && 'status' in fault) {
    request.resume();
    answer.writeHead(fault.status, { 'content-length': 4 }).end('busy');
    return;
  }
  const { method, url, headers } = request;
  const sent = http.request({ host: hostname, port, method, path: url, headers });
  sent.once('error', () => answer.destroy());
  sent.once('response', (from) => pass(from, answer, fault));
  request.pipe(sent);
}

function pass(from: IncomingMessage, answer: ServerResponse, fault: AnswerFault | null): void {
  answer.writeHead(from.statusCode ?? 500, from.rawHeaders);
  if (fault === null) {
    from.pipe(answer);
    return;
  }
  const parts: Buffer[] = [];
  from.on('data', (part: Buffer) => parts.push(part));
  from.on('end', () => {
    const body = Buffer.concat(parts);
    if ('truncateTo' in fault) answer.socket?.end(body.subarray(0, fault.truncateTo));
    if ('cutAfter' in fault) {
      answer.write(body.subarray(0, fault.cutAfter), () => answer.socket?.destroy());
    }
  });
}
