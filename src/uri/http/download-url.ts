/** One address to one file: streamed, resumed after a drop, started again when it changed meanwhile, sizes checked. */
import { open, type FileHandle } from 'node:fs/promises';
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import type { ArtifactFile, DownloadOptions } from '../artifacts/artifact-store.ts';
import type { HttpAnswer, HttpClient } from './http-client.ts';
import { connectionFailure, shownUrl } from './http-failure.ts';

/** Where a file is, and what goes with each request for it. */
interface Source {
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Writes what `source` gives to the new file `target`.
 * @throws MODEL_FETCH_FAILED when it breaks off again and again or has another size than the listing said, and the
 *   codes of {@link HttpClient.send}
 */
export async function downloadUrl(
  client: HttpClient,
  source: URL | Source,
  { sizeBytes, etag }: Pick<ArtifactFile, 'sizeBytes' | 'etag'>,
  target: string,
  options: DownloadOptions,
): Promise<void> {
  const handle = await open(target, 'wx');
  try {
    const from = source instanceof URL ? { url: source } : source;
    await new Download(client, from, handle, options, { sizeBytes, etag }).run();
  } finally {
    await handle.close();
  }
}

class Download {
  readonly #client: HttpClient;
  readonly #url: URL;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #handle: FileHandle;
  readonly #options: DownloadOptions;
  /** Bytes on disk. */
  #written = 0;
  readonly #expected: number | null;
  /** As the listing gave it. */
  readonly #etag: string | undefined;
  #validator: string | null = null;

  constructor(
    client: HttpClient,
    { url, headers }: Source,
    handle: FileHandle,
    options: DownloadOptions,
    { sizeBytes, etag }: { sizeBytes: number | null; etag: string | undefined },
  ) {
    this.#client = client;
    this.#url = url;
    this.#headers = headers ?? {};
    this.#handle = handle;
    this.#options = options;
    this.#expected = sizeBytes;
    this.#etag = etag;
  }

  /** Attempts that bring nothing count against the limit; any progress starts the count again. */
  async run(): Promise<void> {
    const { signal } = this.#options;
    let attempt = 0;
    for (;;) {
      const before = this.#written;
      const cause = await this.#attempt();
      if (cause === null) return;
      signal?.throwIfAborted();
      attempt = this.#written > before ? 1 : attempt + 1;
      if (attempt > this.#client.settings.maxRetries) {
        throw connectionFailure(this.#url, attempt, cause);
      }
      await this.#client.pause(attempt, { url: this.#url, cause }, signal);
    }
  }

  /** null when the file is whole, else why the stream broke off. */
  async #attempt(): Promise<unknown> {
    const answer = await this.#request();
    const total = totalOf(answer, this.#written);
    if (this.#expected !== null && total !== null && total !== this.#expected) {
      answer.body.destroy();
      throw this.#wrongSize(total);
    }
    try {
      for await (const part of answer.body as AsyncIterable<Buffer>) await this.#write(part);
    } catch (cause) {
      if (cause instanceof Error && cause.name === 'SlipwayError') throw cause;
      return cause;
    } finally {
      answer.body.destroy();
    }
    const expected = total ?? this.#expected;
    if (expected === null || this.#written === expected) return null;
    return new Error(`${this.#written} of ${expected} bytes came`);
  }

  async #request(): Promise<HttpAnswer> {
    const { signal } = this.#options;
    const resumed = this.#written > 0 && this.#validator !== null;
    if (!resumed) await this.#restart();
    const range = {
      range: `bytes=${this.#written}-`,
      ...(this.#validator === null ? {} : { 'if-range': this.#validator }),
    };
    const request = {
      headers: { ...this.#headers, ...(resumed ? range : {}) },
      ...(signal === undefined ? {} : { signal }),
    };
    const answer = await this.#client.send(this.#url, request, resumed ? [416] : []);
    const isRest = answer.status === 206 && startOf(answer) === this.#written;
    if (resumed && !isRest) {
      await this.#restart();
      if (answer.status !== 200) {
        answer.body.destroy();
        this.#validator = null;
        return this.#request();
      }
    }
    this.#validator = validatorOf(answer);
    if (this.#etag === undefined || !differs(this.#etag, answer)) return answer;
    answer.body.destroy();
    throw this.#changed();
  }

  /** What came belongs to another version of the file, or nobody can tell. */
  async #restart(): Promise<void> {
    if (this.#written === 0) return;
    await this.#handle.truncate(0);
    this.#options.onBytes?.(-this.#written);
    this.#written = 0;
  }

  async #write(part: Buffer): Promise<void> {
    if (this.#expected !== null && this.#written + part.length > this.#expected) {
      throw this.#wrongSize(this.#written + part.length);
    }
    await this.#handle.write(part, 0, part.length, this.#written);
    this.#written += part.length;
    this.#options.onBytes?.(part.length);
  }

  #wrongSize(sizeBytes: number): SlipwayError {
    const url = shownUrl(this.#url);
    return slipwayError(
      'MODEL_FETCH_FAILED',
      `${url} has ${sizeBytes} bytes or more, and its listing says ${this.#expected ?? 0}; it may have changed: try again`,
      { details: { url, sizeBytes, expectedBytes: this.#expected } },
    );
  }

  #changed(): SlipwayError {
    const url = shownUrl(this.#url);
    return slipwayError('MODEL_FETCH_FAILED', `${url} changed while it was fetched: try again`, {
      details: { url },
    });
  }
}

/** What an answer says of the whole file: its size, and a text that changes when the file does; null where it does not. */
export function sizeAndVersionOf({ headers }: Pick<HttpAnswer, 'headers'>): {
  readonly sizeBytes: number | null;
  readonly version: string | null;
} {
  const length = headers['content-length'];
  const isWhole = headers['content-encoding'] === undefined && length !== undefined;
  return {
    sizeBytes: isWhole ? Number(length) : null,
    version: headers.etag ?? headers['last-modified'] ?? null,
  };
}

/** Compares what the listing said, an etag or a date, with the same of the answer; some servers leave out the quotes. */
function differs(listed: string, { headers }: HttpAnswer): boolean {
  const isDate = listed.endsWith(' GMT');
  const own = isDate ? headers['last-modified'] : headers.etag;
  const bare = (text: string): string => text.replaceAll('"', '');
  return own !== undefined && bare(own) !== bare(listed);
}

/** Only a strong one says that bytes are the same. */
function validatorOf({ headers }: HttpAnswer): string | null {
  const { etag } = headers;
  if (etag !== undefined && !etag.startsWith('W/')) return etag;
  return headers['last-modified'] ?? null;
}

function startOf({ headers }: HttpAnswer): number {
  return Number(/^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1] ?? -1);
}

/** Size of the whole file; null when the answer does not say. */
function totalOf({ status, headers }: HttpAnswer, written: number): number | null {
  if (headers['content-encoding'] !== undefined) return null;
  const length = headers['content-length'];
  if (length === undefined) return null;
  return Number(length) + (status === 206 ? written : 0);
}
