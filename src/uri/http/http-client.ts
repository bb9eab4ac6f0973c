/** HTTP with patience: retries with back-off, redirects that leak nothing, idle limits. Built on node:http, since fetch of Node 20 knows no proxies and no client certificates. */
import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSlipwayError, type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import { createConnections, type Connections } from './connections.ts';
import { connectionFailure, describeRetry, shownUrl, statusFailure } from './http-failure.ts';
import { type HttpSettings, longestBackoffSeconds } from './http-settings.ts';

/** One request. */
export interface HttpRequest {
  /** Default: GET. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/** An answer whose body has not been read. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Where it came from, after redirects. */
  readonly url: URL;
  readonly body: IncomingMessage;
}

/** A request that an identity is asked for. */
export interface AskedRequest {
  readonly url: URL;
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Who asks. */
export interface Identity {
  /** Headers that let the request in; asked again after each redirect and before each retry. */
  headersFor(
    asked: AskedRequest,
  ): Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  /** Texts that must not stand in a message, though a server may repeat them. */
  readonly secrets: readonly string[];
}

/** Sends requests. Close it to let the process end. */
export interface HttpClient {
  /**
   * Resolves with an answer of status 2xx, or one of `accepted`.
   * @throws MODEL_FETCH_FAILED, MODEL_ACCESS_DENIED, MODEL_NOT_FOUND, the reason of the signal
   */
  send(url: URL, request?: HttpRequest, accepted?: readonly number[]): Promise<HttpAnswer>;
  /** A whole body of at most `limitBytes`. @throws the codes of `send`, MODEL_LISTING_INVALID */
  bytes(url: URL, request: HttpRequest, limitBytes: number): Promise<Buffer>;
  /** Waits as long as retry number `attempt` should; `reason` says why there is one. */
  pause(attempt: number, reason: RetryReason, signal?: AbortSignal): Promise<void>;
  readonly settings: HttpSettings;
  close(): void;
}

/** What makes a request fail for now. */
export interface RetryReason {
  readonly url: URL;
  /** An error, or the status of an answer. */
  readonly cause: unknown;
  /** Header of the answer. */
  readonly retryAfter?: string | undefined;
}

/** Asks without saying who. */
export const anonymous: Identity = {
  headersFor: () => ({ 'user-agent': 'slipway' }),
  secrets: [],
};

const retriedStatuses = new Set([408, 429, 500, 502, 503, 504]);
const redirectLimit = 5;
const errorBodyLimitBytes = 8192;

/** Hears why a request is sent again, and after how many seconds. */
export type OnRetry = (reason: string, seconds: number) => void;

/** A client that asks as `identity`. */
export function createHttpClient(
  settings: HttpSettings,
  identity: Identity,
  onRetry: OnRetry = () => undefined,
): HttpClient {
  return new RetryingClient(settings, identity, onRetry);
}

class RetryingClient implements HttpClient {
  readonly settings: HttpSettings;
  readonly #identity: Identity;
  readonly #connections: Connections;
  readonly #onRetry: OnRetry;

  constructor(settings: HttpSettings, identity: Identity, onRetry: OnRetry) {
    this.settings = settings;
    this.#onRetry = onRetry;
    this.#identity = identity;
    this.#connections = createConnections(settings);
  }

  async send(
    url: URL,
    request: HttpRequest = {},
    accepted: readonly number[] = [],
  ): Promise<HttpAnswer> {
    for (let attempt = 1; ; attempt++) {
      const isLast = attempt > this.settings.maxRetries;
      const { answer, cause } = await this.#try(url, request);
      request.signal?.throwIfAborted();
      if (answer === null) {
        if (isSlipwayError(cause)) throw cause;
        if (isLast || isLasting(cause)) throw connectionFailure(url, attempt, cause);
        await this.pause(attempt, { url, cause }, request.signal);
        continue;
      }
      if (isFine(answer, accepted)) return answer;
      const text = await readStart(answer.body);
      if (isLast || !retriedStatuses.has(answer.status)) {
        throw statusFailure(answer.url, answer.status, this.#hideSecrets(text));
      }
      const retryAfter = answer.headers['retry-after'];
      const reason = { url, cause: answer.status, retryAfter };
      await this.pause(attempt, reason, request.signal);
    }
  }

  async bytes(url: URL, request: HttpRequest, limitBytes: number): Promise<Buffer> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.send(url, request);
      try {
        return await readBytes(answer, limitBytes);
      } catch (cause) {
        request.signal?.throwIfAborted();
        if (cause instanceof Error && cause.name === 'SlipwayError') throw cause;
        if (attempt > this.settings.maxRetries) throw connectionFailure(url, attempt, cause);
        await this.pause(attempt, { url, cause }, request.signal);
      }
    }
  }

  async pause(attempt: number, reason: RetryReason, signal?: AbortSignal): Promise<void> {
    const { backoffFactor, backoffJitter, respectsRetryAfter } = this.settings;
    const asked = respectsRetryAfter ? retryAfterSeconds(reason.retryAfter) : null;
    const grown = attempt === 1 ? 0 : backoffFactor * 2 ** (attempt - 1);
    const wanted = asked ?? grown + Math.random() * backoffJitter;
    const seconds = Math.min(wanted, longestBackoffSeconds);
    this.#onRetry(describeRetry(reason), seconds);
    await sleep(1000 * seconds, undefined, signal === undefined ? {} : { signal });
  }

  close(): void {
    this.#connections.close();
  }

  async #try(
    url: URL,
    request: HttpRequest,
  ): Promise<{ answer: HttpAnswer | null; cause?: unknown }> {
    try {
      return { answer: await this.#follow(url, request) };
    } catch (cause) {
      return { answer: null, cause };
    }
  }

  /** A redirect gets only the headers that its own host may have. */
  async #follow(start: URL, request: HttpRequest): Promise<HttpAnswer> {
    let url = start;
    let { method = 'GET', body } = request;
    for (let hop = 0; ; hop++) {
      const asked = { url, method, headers: request.headers ?? {}, body };
      const headers = { ...asked.headers, ...(await this.#identity.headersFor(asked)) };
      const answer = await this.#once(url, { ...request, method, headers }, body);
      const target = this.#redirectOf(answer);
      if (target === null) return answer;
      answer.body.destroy();
      if (hop >= redirectLimit) throw refusedRedirect(start, `more than ${redirectLimit} of them`);
      if (url.protocol === 'https:' && target.protocol !== 'https:') {
        throw refusedRedirect(start, `${shownUrl(target)} is not https`);
      }
      if (answer.status < 307 && method === 'POST') [method, body] = ['GET', undefined];
      url = target;
    }
  }

  #hideSecrets(text: string): string {
    return this.#identity.secrets.reduce(
      (hidden, secret) => hidden.replaceAll(secret, '***'),
      text,
    );
  }

  #redirectOf({ status, headers, url }: HttpAnswer): URL | null {
    const { location } = headers;
    if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return null;
    if (!this.settings.allowsRedirects) {
      throw refusedRedirect(url, 'MLFLOW_ALLOW_HTTP_REDIRECTS forbids them');
    }
    const target = URL.canParse(location, url.href) ? new URL(location, url.href) : null;
    if (target === null || !/^https?:$/.test(target.protocol)) {
      throw refusedRedirect(url, 'it leads to no http address');
    }
    return target;
  }

  async #once(url: URL, request: HttpRequest, body: string | undefined): Promise<HttpAnswer> {
    const { secure, headers, ...route } = await this.#connections.route(url);
    const { timeoutMs } = this.settings;
    return new Promise((resolve, reject) => {
      const sent = (secure ? https : http).request({
        ...route,
        method: request.method,
        headers: { host: url.host, ...(headers as Record<string, string>), ...request.headers },
        timeout: timeoutMs,
        ...(request.signal === undefined ? {} : { signal: request.signal }),
      });
      sent.once('timeout', () => sent.destroy(new Error(`no answer for ${timeoutMs / 1000} s`)));
      sent.once('error', reject);
      sent.once('response', (answer) => {
        answer.on('error', () => undefined); // whoever reads it hears of it as well
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, url, body: answer });
      });
      sent.end(body);
    });
  }
}

function isFine({ status }: HttpAnswer, accepted: readonly number[]): boolean {
  return (status >= 200 && status < 300) || accepted.includes(status);
}

/** No retry changes a wrong certificate or an unknown setting. */
function isLasting(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  const code = 'code' in cause ? String(cause.code) : '';
  return /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|ERR_INVALID/.test(code);
}

function refusedRedirect(url: URL, reason: string): SlipwayError {
  return slipwayError(
    'MODEL_FETCH_FAILED',
    `${shownUrl(url)} answers with a redirect that is not followed: ${reason}`,
    { details: { url: shownUrl(url) } },
  );
}

/** Seconds or a date. */
function retryAfterSeconds(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^\s*\d+\s*$/.test(text)) return Number(text);
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : Math.max(0, (time - Date.now()) / 1000);
}

/** The beginning of a body, for a message; whatever goes wrong with it does not matter. */
async function readStart(body: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of body as AsyncIterable<Buffer>) {
      parts.push(part);
      size += part.length;
      if (size >= errorBodyLimitBytes) break;
    }
  } catch {
    // what came is enough
  }
  return Buffer.concat(parts).toString('utf8', 0, errorBodyLimitBytes);
}

async function readBytes({ url, headers, body }: HttpAnswer, limitBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body as AsyncIterable<Buffer>) {
    size += part.length;
    parts.push(part);
    if (size <= limitBytes) continue;
    throw slipwayError(
      'MODEL_LISTING_INVALID',
      `${shownUrl(url)} answers with more than ${limitBytes} bytes`,
      { details: { url: shownUrl(url), limitBytes } },
    );
  }
  const expected = Number(headers['content-length'] ?? size);
  if (expected !== size) throw new Error(`${size} of ${expected} bytes came`);
  return Buffer.concat(parts);
}
