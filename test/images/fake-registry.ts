/** A registry in this process: OCI's distribution protocol, authorization, and whatever goes wrong on demand. */
import { randomUUID } from 'node:crypto';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { digestOf } from '../../src/image/oci/digest.ts';

/** What may happen to a request in place of its answer. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'drop' }
  | { readonly kind: 'drop-halfway' }
  | { readonly kind: 'wrong-digest' }
  | { readonly kind: 'truncated' }
  | { readonly kind: 'redirect'; readonly to: string };

/** Settings of {@link startFakeRegistry}. */
export interface FakeRegistryOptions {
  readonly auth?: 'none' | 'basic' | 'bearer';
  readonly username?: string;
  readonly password?: string;
  /** Asked for each request but the ping and tokens. */
  readonly fault?: (request: SeenRequest) => Fault | null;
  /** Largest body; more is answered with 413. */
  readonly bodyLimitBytes?: number;
  /** A repository has only the blobs that were sent or mounted there. Default: false. */
  readonly separate?: boolean;
  /** Speaks TLS with these. */
  readonly tls?: { readonly key: Buffer; readonly cert: Buffer };
  /** Answers the referrers API. */
  readonly referrers?: boolean;
}

/** A request as it was seen. */
export interface SeenRequest {
  readonly number: number;
  readonly method: string;
  readonly path: string;
  readonly authorization: string | null;
}

/** A running registry. */
export interface FakeRegistry {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  readonly blobs: Map<string, Buffer>;
  /** `repository@reference` → type and bytes. */
  readonly manifests: Map<string, { readonly type: string; readonly bytes: Buffer }>;
  readonly requests: SeenRequest[];
  /** Bytes of bodies that arrived. */
  receivedBytes: number;
  close(): Promise<void>;
}

const token = 'token-of-the-fake-registry';

/** Starts one on a free port. */
export async function startFakeRegistry(options: FakeRegistryOptions = {}): Promise<FakeRegistry> {
  const state = new State(options);
  const listener: http.RequestListener = (request, response) => {
    state.answer(request, response).catch(() => response.destroy());
  };
  const server =
    options.tls === undefined
      ? http.createServer(listener)
      : https.createServer(options.tls, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  state.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(state, {
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

class State {
  host = '';
  readonly blobs = new Map<string, Buffer>();
  readonly manifests = new Map<string, { readonly type: string; readonly bytes: Buffer }>();
  readonly requests: SeenRequest[] = [];
  receivedBytes = 0;
  readonly #places = new Set<string>();
  readonly #uploads = new Map<string, Buffer>();
  readonly #options: FakeRegistryOptions;

  constructor(options: FakeRegistryOptions) {
    this.#options = options;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', `http://${this.host}`);
    if (url.pathname === '/token') return this.#giveToken(request, response);
    const seen: SeenRequest = {
      number: this.requests.length,
      method: request.method ?? '',
      path: url.pathname,
      authorization: request.headers.authorization ?? null,
    };
    if (!this.#isLetIn(request)) return this.#challenge(request, response);
    if (url.pathname === '/v2/') return send(request, response, 200, {}, '{}');
    this.requests.push(seen);
    const fault = this.#options.fault?.(seen) ?? null;
    if (fault?.kind === 'drop') return void request.socket.destroy();
    if (fault?.kind === 'status') {
      const body = JSON.stringify({ errors: [{ code: 'UNAVAILABLE', message: 'not now' }] });
      return send(request, response, fault.status, { 'retry-after': '0' }, body);
    }
    if (fault?.kind === 'redirect') {
      return send(request, response, 307, { location: fault.to }, '');
    }
    return this.#route(request, response, url, fault);
  }

  async #route(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    fault: Fault | null,
  ): Promise<void> {
    const [, repository = '', kind = '', reference = ''] =
      /^\/v2\/(.+?)\/(blobs\/uploads|blobs|manifests|referrers)\/(.*)$/.exec(url.pathname) ?? [];
    if (kind === 'manifests')
      return this.#manifest(request, response, `${repository}@${reference}`, fault);
    if (kind === 'blobs/uploads')
      return this.#upload(request, response, { url, repository, id: reference, fault });
    if (kind === 'referrers' && this.#options.referrers === true) {
      const body = JSON.stringify(this.#referrersOf(repository, reference));
      return send(
        request,
        response,
        200,
        { 'content-type': 'application/vnd.oci.image.index.v1+json' },
        body,
      );
    }
    const isHere = this.#options.separate !== true || this.#has(repository, reference);
    const blob = kind === 'blobs' && isHere ? this.blobs.get(reference) : undefined;
    if (blob === undefined)
      return send(request, response, 404, {}, '{"errors":[{"code":"BLOB_UNKNOWN"}]}');
    return sendBlob(request, response, blob, fault);
  }

  async #manifest(
    request: IncomingMessage,
    response: ServerResponse,
    key: string,
    fault: Fault | null,
  ): Promise<void> {
    if (request.method === 'PUT') return this.#putManifest(request, response, key, fault);
    const found = this.manifests.get(key);
    if (found === undefined)
      return send(request, response, 404, {}, '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
    const digest = digestOf(found.bytes);
    const bytes =
      fault?.kind === 'truncated' ? found.bytes.subarray(0, found.bytes.length >> 1) : found.bytes;
    const told = fault?.kind === 'wrong-digest' ? digestOf('other') : digest;
    const headers = { 'content-type': found.type, 'docker-content-digest': told };
    return send(request, response, 200, headers, bytes, fault?.kind === 'drop-halfway');
  }

  async #putManifest(
    request: IncomingMessage,
    response: ServerResponse,
    key: string,
    fault: Fault | null,
  ): Promise<void> {
    const bytes = await this.#read(request, fault);
    if (bytes === null) return;
    const digest = digestOf(bytes);
    const wanted = key.slice(key.indexOf('@') + 1);
    if (wanted.startsWith('sha256:') && wanted !== digest) {
      return send(request, response, 400, {}, '{"errors":[{"code":"DIGEST_INVALID"}]}');
    }
    if (!this.#hasAll(key.split('@')[0] ?? '', bytes)) {
      return send(
        request,
        response,
        400,
        {},
        '{"errors":[{"code":"MANIFEST_BLOB_UNKNOWN","message":"blob unknown"}]}',
      );
    }
    const told = fault?.kind === 'wrong-digest' ? digestOf('other') : digest;
    const type = request.headers['content-type'] ?? '';
    this.manifests.set(key, { type, bytes });
    this.manifests.set(`${key.split('@')[0]}@${digest}`, { type, bytes });
    return send(request, response, 201, { 'docker-content-digest': told }, '');
  }

  /** As a real registry: a manifest comes after what it names. */
  #hasAll(repository: string, bytes: Buffer): boolean {
    const {
      config,
      layers = [],
      manifests = [],
    } = JSON.parse(bytes.toString()) as {
      config?: { digest: string };
      layers?: { digest: string }[];
      manifests?: { digest: string }[];
    };
    const blobs = [...(config === undefined ? [] : [config]), ...layers];
    return (
      blobs.every(({ digest }) => this.blobs.has(digest)) &&
      manifests.every(({ digest }) => this.manifests.has(`${repository}@${digest}`))
    );
  }

  async #upload(
    request: IncomingMessage,
    response: ServerResponse,
    {
      url,
      repository,
      id,
      fault,
    }: { url: URL; repository: string; id: string; fault: Fault | null },
  ): Promise<void> {
    const place = (key: string): string => `/v2/${repository}/blobs/uploads/${key}?_state=x`;
    if (request.method === 'POST') {
      const mounted = url.searchParams.get('mount');
      if (mounted !== null && this.blobs.has(mounted)) {
        this.#places.add(`${repository}@${mounted}`);
        return send(request, response, 201, {}, '');
      }
      const key = randomUUID();
      this.#uploads.set(key, Buffer.alloc(0));
      return send(request, response, 202, { location: place(key) }, '');
    }
    const known = this.#uploads.get(id);
    if (known === undefined)
      return send(request, response, 404, {}, '{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN"}]}');
    const range = (length: number): string => `0-${Math.max(0, length - 1)}`;
    if (request.method === 'GET') {
      return send(request, response, 204, { location: place(id), range: range(known.length) }, '');
    }
    const start = /^(\d+)-/.exec(request.headers['content-range'] ?? '')?.[1];
    if (start !== undefined && Number(start) !== known.length) {
      return send(request, response, 416, { range: range(known.length) }, '');
    }
    const limit = this.#options.bodyLimitBytes ?? Number.POSITIVE_INFINITY;
    if (Number(request.headers['content-length'] ?? 0) > limit) {
      return send(request, response, 413, { connection: 'close' }, '');
    }
    const part = await this.#read(request, fault, (arrived) =>
      this.#uploads.set(id, Buffer.concat([known, arrived])),
    );
    if (part === null) return;
    const whole = Buffer.concat([known, part]);
    this.#uploads.set(id, whole);
    if (request.method === 'PATCH') {
      return send(request, response, 202, { location: place(id), range: range(whole.length) }, '');
    }
    this.#places.add(`${repository}@${url.searchParams.get('digest') ?? ''}`);
    return this.#finish(request, response, url.searchParams.get('digest') ?? '', whole, fault);
  }

  #finish(
    request: IncomingMessage,
    response: ServerResponse,
    digest: string,
    whole: Buffer,
    fault: Fault | null,
  ): void {
    if (fault?.kind === 'truncated') {
      this.blobs.set(digest, whole.subarray(0, whole.length >> 1));
      return send(request, response, 201, {}, '');
    }
    if (fault?.kind === 'wrong-digest' || digestOf(whole) !== digest) {
      return send(request, response, 400, {}, '{"errors":[{"code":"DIGEST_INVALID"}]}');
    }
    this.blobs.set(digest, whole);
    return send(request, response, 201, { 'docker-content-digest': digest }, '');
  }

  /** null when the connection was cut, as the fault wants it; what came until then is kept. */
  async #read(
    request: IncomingMessage,
    fault: Fault | null,
    keep: (arrived: Buffer) => void = () => undefined,
  ): Promise<Buffer | null> {
    const total = Number(request.headers['content-length'] ?? 0);
    const parts: Buffer[] = [];
    let size = 0;
    for await (const part of request as AsyncIterable<Buffer>) {
      parts.push(part);
      size += part.length;
      this.receivedBytes += part.length;
      if (fault?.kind === 'drop-halfway' && size >= total / 2) {
        keep(Buffer.concat(parts));
        request.socket.destroy();
        return null;
      }
    }
    if (fault?.kind === 'drop-halfway') {
      request.socket.destroy();
      return null;
    }
    return Buffer.concat(parts);
  }

  #has(repository: string, digest: string): boolean {
    return this.#places.has(`${repository}@${digest}`);
  }

  #referrersOf(repository: string, subject: string): unknown {
    const manifests = [...this.manifests].flatMap(([key, { bytes }]) => {
      const parsed = JSON.parse(bytes.toString()) as { subject?: { digest: string } };
      return key.startsWith(`${repository}@sha256:`) && parsed.subject?.digest === subject
        ? [{ digest: digestOf(bytes), size: bytes.length }]
        : [];
    });
    return { schemaVersion: 2, manifests };
  }

  #isLetIn({ headers }: IncomingMessage): boolean {
    const { auth = 'none' } = this.#options;
    if (auth === 'none') return true;
    if (auth === 'bearer') return headers.authorization === `Bearer ${token}`;
    return headers.authorization === `Basic ${this.#basic()}`;
  }

  #basic(): string {
    const { username = 'user', password = 'pass' } = this.#options;
    return Buffer.from(`${username}:${password}`).toString('base64');
  }

  #challenge(request: IncomingMessage, response: ServerResponse): void {
    const header =
      this.#options.auth === 'bearer'
        ? `Bearer realm="${this.#options.tls === undefined ? 'http' : 'https'}://${this.host}/token",service="fake"`
        : 'Basic realm="fake"';
    const body = '{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}';
    return send(request, response, 401, { 'www-authenticate': header }, body);
  }

  #giveToken(request: IncomingMessage, response: ServerResponse): void {
    const isKnown = request.headers.authorization === `Basic ${this.#basic()}`;
    if (!isKnown)
      return send(request, response, 401, {}, '{"details":"incorrect username or password"}');
    return send(request, response, 200, {}, JSON.stringify({ token, expires_in: 300 }));
  }
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer,
  cutsIt = false,
): void {
  request.resume();
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'content-length': bytes.length });
  if (request.method === 'HEAD') response.end();
  else if (cutsIt)
    response.write(bytes.subarray(0, bytes.length >> 1), () => request.socket.destroy());
  else response.end(bytes);
}

function sendBlob(
  request: IncomingMessage,
  response: ServerResponse,
  blob: Buffer,
  fault: Fault | null,
): void {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const rest = Buffer.from(blob.subarray(start));
  if (fault?.kind === 'wrong-digest' && rest.length > 0) rest[0] = (rest[0] ?? 0) ^ 0xff;
  const sent = fault?.kind === 'truncated' ? rest.subarray(0, rest.length >> 1) : rest;
  send(request, response, start > 0 ? 206 : 200, {}, sent, fault?.kind === 'drop-halfway');
}
