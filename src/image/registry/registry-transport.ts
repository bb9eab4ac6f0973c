/** Requests to one registry: its scheme, its authorization, redirects that carry none of it. */
import { once as onceEvent } from 'node:events';
import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import { SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import { type Connections, createConnections } from '../../uri/http/connections.ts';
import { codeOf, shownUrl } from '../../uri/http/http-failure.ts';
import { apiHost } from './image-reference.ts';
import { isLoopback } from './is-loopback.ts';
import { readRegistryCredentials } from './read-registry-credentials.ts';
import { RegistryAuth, type TokenRequest } from './registry-auth.ts';
import { brokenAnswer, connectionFailure, statusFailure } from './registry-failure.ts';
import type { RegistryOptions } from './registry-options.ts';
import { retry } from './retry.ts';

/** One request. */
export interface RegistryRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH';
  /** Path below the registry's address, or a whole address that it gave. */
  readonly url: string | URL;
  /** What a token must allow: `repository:NAME:pull,push`. */
  readonly scope: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
}

/** What is sent; read anew when it has to be sent again. */
export interface RequestBody {
  readonly sizeBytes: number;
  open(): Promise<Readable>;
}

/** An answer whose body has not been read. */
export interface RegistryAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Where it came from, after redirects. */
  readonly url: URL;
  readonly body: IncomingMessage;
}

const redirectLimit = 5;
const textLimitBytes = 8192;
const redirects = new Set([301, 302, 303, 307, 308]);

/** Speaks with one registry about one repository. */
export class RegistryTransport {
  readonly options: RegistryOptions;
  readonly host: string;
  readonly #connections: Connections;
  readonly #auth: Promise<RegistryAuth>;
  #base: Promise<URL> | null = null;

  constructor(registry: string, repository: string, options: RegistryOptions) {
    this.options = options;
    this.host = apiHost(registry);
    const { environment = process.env, insecure = false, timeoutMs = 60_000 } = options;
    this.#connections = createConnections({
      maxRetries: 0,
      backoffFactor: 0,
      backoffJitter: 0,
      timeoutMs,
      respectsRetryAfter: true,
      allowsRedirects: true,
      insecureTls: insecure,
      serverCertFile: environment['SSL_CERT_FILE'] || null,
      clientCertFile: null,
      environment,
    });
    this.#auth = readRegistryCredentials(registry, repository, environment).then(
      (credentials) =>
        new RegistryAuth(this.host, credentials, (request) => this.#askForToken(request)),
    );
    this.#auth.catch(() => undefined); // whoever sends first hears of it
  }

  /**
   * Sends once, twice if the registry first wants to know who asks. Resolves with an answer of one of the `accepted`
   * statuses.
   * @throws PassingFailure, REGISTRY_FAILED, REGISTRY_ACCESS_DENIED, the reason of the signal
   */
  async send(request: RegistryRequest, accepted: readonly number[]): Promise<RegistryAnswer> {
    const auth = await this.#auth;
    const url = await this.resolve(request.url);
    let answer = await this.#follow(url, request, auth);
    if (answer.status === 401) {
      const header = answer.headers['www-authenticate'];
      if (auth.learn(answer.url, header, request.scope)) {
        answer.body.destroy();
        answer = await this.#follow(url, request, auth);
      }
    }
    if (accepted.includes(answer.status)) return answer;
    throw await this.#refusal(answer, auth);
  }

  /** Address of `target`; one of the registry itself keeps to the scheme that we speak with it. */
  async resolve(target: string | URL): Promise<URL> {
    const base = await this.#findBase();
    const url = new URL(target, base);
    if (url.hostname === base.hostname && url.protocol !== base.protocol) {
      if (base.protocol === 'https:') url.protocol = 'https:';
    }
    return url;
  }

  /** The whole body as text, at most `limitBytes` of it. @throws PassingFailure */
  async text({ body, url }: RegistryAnswer, limitBytes: number = textLimitBytes): Promise<string> {
    return (await this.bytes({ body, url }, limitBytes)).toString('utf8');
  }

  /** The whole body. @throws PassingFailure when it is longer than `limitBytes`, or cut */
  async bytes(
    { body, url }: Pick<RegistryAnswer, 'body' | 'url'>,
    limitBytes: number,
  ): Promise<Buffer> {
    const parts: Buffer[] = [];
    let size = 0;
    try {
      for await (const part of body as AsyncIterable<Buffer>) {
        parts.push(part);
        if ((size += part.length) > limitBytes) break;
      }
    } catch (cause) {
      throw connectionFailure(url, cause);
    }
    if (size > limitBytes) throw brokenAnswer(url, `answers with more than ${limitBytes} bytes`);
    return Buffer.concat(parts);
  }

  close(): void {
    this.#connections.close();
  }

  #findBase(): Promise<URL> {
    this.#base ??= this.#probe().catch((error: unknown) => {
      this.#base = null;
      throw error;
    });
    return this.#base;
  }

  /** TLS, but for this machine itself, whose networks nobody else sees, and where plain HTTP was allowed. */
  async #probe(): Promise<URL> {
    const secure = new URL(`https://${this.host}/`);
    const plain = new URL(`http://${this.host}/`);
    const [first, second] = isLoopback(this.host)
      ? [plain, secure]
      : [secure, this.options.insecure === true ? plain : null];
    try {
      await this.#ping(first, second === null ? undefined : 0);
      return first;
    } catch (error) {
      if (second === null || !speaksOtherwise(error)) throw error;
    }
    await this.#ping(second);
    return second;
  }

  /** Asks who may come in, before anything big is sent. */
  async #ping(base: URL, maxRetries?: number): Promise<void> {
    const auth = await this.#auth;
    const limits = maxRetries === undefined ? {} : { maxRetries };
    await retry(
      async () => {
        const url = new URL('/v2/', base);
        const answer = await this.#once(url, { method: 'GET', url, scope: '' }, {});
        const { status, headers } = answer;
        if (status === 401) auth.learn(url, headers['www-authenticate'], '');
        else if (status === 400 || status === 429 || status >= 500) {
          throw await this.#refusal(answer, auth);
        }
        answer.body.resume();
      },
      { ...this.options, ...limits },
    );
  }

  async #follow(start: URL, request: RegistryRequest, auth: RegistryAuth): Promise<RegistryAnswer> {
    let url = start;
    let { method } = request;
    for (let hop = 0; ; hop++) {
      const authorization = await auth.headerFor(url, request.scope);
      const answer = await this.#once(
        url,
        { ...request, method },
        authorization === null ? {} : { authorization },
      );
      const { location } = answer.headers;
      if (!redirects.has(answer.status) || location === undefined) return answer;
      answer.body.destroy();
      const target = URL.canParse(location, url.href) ? new URL(location, url.href) : null;
      if (hop >= redirectLimit) throw refusedRedirect(start, `more than ${redirectLimit} of them`);
      if (target === null || !/^https?:$/.test(target.protocol)) {
        throw refusedRedirect(start, 'it leads to no http address');
      }
      if (url.protocol === 'https:' && target.protocol !== 'https:') {
        throw refusedRedirect(start, `${shownUrl(target)} is not https`);
      }
      if (answer.status === 303) method = 'GET';
      url = target;
    }
  }

  async #once(
    url: URL,
    { method, headers, body }: RegistryRequest,
    more: Readonly<Record<string, string>>,
  ): Promise<RegistryAnswer> {
    this.options.signal?.throwIfAborted();
    const { secure, headers: routeHeaders, ...route } = await this.#connections.route(url);
    const { timeoutMs = 60_000, signal } = this.options;
    const sent = (secure ? https : http).request({
      ...route,
      method,
      headers: {
        host: url.host,
        'user-agent': 'slipway',
        ...(routeHeaders as Record<string, string>),
        ...headers,
        ...more,
        ...(body === undefined && method !== 'GET' && method !== 'HEAD'
          ? { 'content-length': '0' }
          : {}),
        ...(body === undefined ? {} : { 'content-length': String(body.sizeBytes) }),
      },
      timeout: timeoutMs,
      ...(signal === undefined ? {} : { signal }),
    });
    sent.once('timeout', () => sent.destroy(new Error(`silent for ${timeoutMs / 1000} s`)));
    const content = method === 'GET' || body === undefined ? null : await body.open();
    try {
      const answer = await this.#exchange(sent, content);
      answer.on('error', () => undefined); // whoever reads it hears of it as well
      return { status: answer.statusCode ?? 0, headers: answer.headers, url, body: answer };
    } catch (cause) {
      signal?.throwIfAborted();
      throw connectionFailure(url, cause);
    } finally {
      content?.destroy();
    }
  }

  /** An answer may come before the whole body is sent: then it is a refusal, and the rest stays here. */
  async #exchange(sent: http.ClientRequest, content: Readable | null): Promise<IncomingMessage> {
    const answered = onceEvent(sent, 'response') as Promise<[IncomingMessage]>;
    sent.on('error', () => undefined);
    if (content === null) sent.end();
    else {
      content.once('error', (cause: Error) => sent.destroy(cause));
      content.pipe(sent);
    }
    const [answer] = await answered;
    return answer;
  }

  /** Token services get what buys the token and nothing else; their redirects are not followed. */
  async #askForToken({ url, method, headers, body }: TokenRequest): Promise<string> {
    return retry(async () => {
      const bytes = Buffer.from(body ?? '');
      const content = {
        sizeBytes: bytes.length,
        open: async () => Readable.from([bytes]),
      };
      const request = {
        method,
        url,
        scope: '',
        headers,
        ...(body === undefined ? {} : { body: content }),
      };
      const answer = await this.#once(url, request, {});
      if (answer.status === 200) return this.text(answer, 2 ** 20);
      throw await this.#refusal(answer, await this.#auth);
    }, this.options);
  }

  async #refusal(answer: RegistryAnswer, auth: RegistryAuth): Promise<Error> {
    const text = await this.#beginning(answer);
    const hidden = [...auth.secrets].reduce((all, one) => all.replaceAll(one, '***'), text);
    return statusFailure(answer.url, answer.status, hidden, answer.headers['retry-after']);
  }

  async #beginning({ body }: RegistryAnswer): Promise<string> {
    const parts: Buffer[] = [];
    let size = 0;
    try {
      for await (const part of body as AsyncIterable<Buffer>) {
        parts.push(part);
        if ((size += part.length) >= textLimitBytes) break;
      }
    } catch {
      // what came is enough
    }
    return Buffer.concat(parts).toString('utf8', 0, textLimitBytes);
  }
}

/** No TLS where it was spoken, or TLS where it was not: servers of TLS answer 400, or cut. */
function speaksOtherwise(error: unknown): boolean {
  if (!(error instanceof SlipwayError)) return false;
  if (error.details['status'] === 400) return true;
  return /EPROTO|ERR_SSL|ECONNRESET|ECONNREFUSED|HPE_/.test(codeOf(error.cause));
}

function refusedRedirect(url: URL, reason: string): SlipwayError {
  return slipwayError(
    'REGISTRY_FAILED',
    `${shownUrl(url)} answers with a redirect that is not followed: ${reason}`,
    { details: { url: shownUrl(url) } },
  );
}
