/** A server that does what a test tells it to: a folder of files behind MLflow's artifact proxy, and faults on demand. */
import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';

/** Handles a request and says so with true; false leaves it to the server. */
export type Fault = (request: IncomingMessage, answer: ServerResponse) => boolean;

/** A running double. */
export interface HttpDouble {
  readonly url: string;
  /** Every request: method and path, and headers. */
  readonly requests: { readonly line: string; readonly headers: http.IncomingHttpHeaders }[];
  /** Asked before anything else. */
  fault: Fault;
  /** Path below the proxy → content. */
  readonly files: Map<string, Buffer>;
  /** REST path → answer. */
  readonly rest: Map<string, unknown>;
  close(): Promise<void>;
}

const proxy = '/api/2.0/mlflow-artifacts/artifacts';

/** Starts a double on a free port. */
export async function startHttpDouble(): Promise<HttpDouble> {
  const server = http.createServer((request, answer) => {
    double.requests.push({
      line: `${request.method ?? ''} ${request.url ?? ''}`,
      headers: request.headers,
    });
    if (!double.fault(request, answer)) serve(double, request, answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const double: HttpDouble = {
    url: `http://127.0.0.1:${port}`,
    requests: [],
    fault: () => false,
    files: new Map(),
    rest: new Map(),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return double;
}

function serve(
  { files, rest, url }: HttpDouble,
  request: IncomingMessage,
  answer: ServerResponse,
): void {
  const { pathname, searchParams } = new URL(request.url ?? '', url);
  const known = rest.get(pathname);
  if (known !== undefined) return sendJson(answer, known);
  if (pathname === proxy) return sendJson(answer, { files: list(files, searchParams.get('path')) });
  const name = decodeURIComponent(pathname.replace(`${proxy}/`, ''));
  const content = files.get(name);
  if (content === undefined) {
    answer.statusCode = 404;
    return sendJson(answer, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: `no ${name}` });
  }
  return sendFile(request, answer, content);
}

/** With ranges, as real servers send files. */
export function sendFile(request: IncomingMessage, answer: ServerResponse, content: Buffer): void {
  const etag = `"${content.length}-${content[0] ?? 0}"`;
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const fits = start > 0 && request.headers['if-range'] === etag;
  const part = fits ? content.subarray(start) : content;
  answer.writeHead(fits ? 206 : 200, {
    etag,
    'content-length': part.length,
    ...(fits ? { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` } : {}),
  });
  answer.end(request.method === 'HEAD' ? undefined : part);
}

/** Sends `value` as JSON. */
export function sendJson(answer: ServerResponse, value: unknown): void {
  answer.setHeader('content-type', 'application/json');
  answer.end(JSON.stringify(value));
}

function list(files: ReadonlyMap<string, Buffer>, folder: string | null): readonly unknown[] {
  const prefix = folder === null || folder === '' ? '' : `${folder}/`;
  const found = new Map<string, unknown>();
  for (const [name, content] of files) {
    if (!name.startsWith(prefix)) continue;
    const [path = '', ...rest] = name.slice(prefix.length).split('/');
    found.set(
      path,
      rest.length > 0 ? { path, is_dir: true } : { path, is_dir: false, file_size: content.length },
    );
  }
  return [...found.values()];
}
