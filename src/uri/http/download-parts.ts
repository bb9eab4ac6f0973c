/** A big file in several requests at once, each for a range of its bytes, all of the same version of the file. */
import { open, type FileHandle } from 'node:fs/promises';
import { slipwayError } from '../../errors/slipway-error.ts';
import type { ArtifactFile, DownloadOptions } from '../artifacts/artifact-store.ts';
import { createGate } from '../artifacts/gate.ts';
import type { HttpAnswer, HttpClient } from './http-client.ts';
import { connectionFailure, shownUrl } from './http-failure.ts';

const partBytes = 16 * 2 ** 20;
const parallelParts = 4;

/** Is the file so big that one connection is not enough? */
export function isWorthParts({ sizeBytes }: Pick<ArtifactFile, 'sizeBytes'>): boolean {
  return sizeBytes !== null && sizeBytes >= 2 * partBytes;
}

/** Where the file comes from; asked for each part, as presigned addresses run out. */
export type PartSource = () => Promise<{
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
}>;

interface Part {
  readonly client: HttpClient;
  readonly source: PartSource;
  /** Of the file; what the listing does not say, the first answer does. */
  readonly version: { etag: string | null };
  readonly handle: FileHandle;
  readonly start: number;
  /** Of the first byte behind it. */
  readonly end: number;
  readonly options: DownloadOptions;
}

/**
 * Writes what `source` gives to the new file `target`.
 * @throws MODEL_FETCH_FAILED when it breaks off again and again, has another size than the listing said or changes
 *   meanwhile, and the codes of {@link HttpClient.send}
 */
export async function downloadParts(
  client: HttpClient,
  source: URL | PartSource,
  { sizeBytes, etag }: Pick<ArtifactFile, 'sizeBytes' | 'etag'>,
  target: string,
  options: DownloadOptions,
): Promise<void> {
  const total = sizeBytes ?? 0;
  const from = source instanceof URL ? () => Promise.resolve({ url: source }) : source;
  const gate = createGate(parallelParts);
  const handle = await open(target, 'wx');
  const ending = new AbortController();
  const { signal: outer } = options;
  const signal = outer === undefined ? ending.signal : AbortSignal.any([outer, ending.signal]);
  const version = { etag: etag ?? null };
  const given = { client, source: from, version, handle, options: { ...options, signal } };
  try {
    const parts = Array.from({ length: Math.ceil(total / partBytes) }, (_, index) => {
      const start = index * partBytes;
      return gate(() => fetchPart({ ...given, start, end: Math.min(start + partBytes, total) }));
    });
    await allOrFirstFailure(parts, ending);
  } finally {
    await handle.close();
  }
}

/** Waits until none writes any more, whatever happens. */
async function allOrFirstFailure(
  parts: readonly Promise<void>[],
  ending: AbortController,
): Promise<void> {
  const watched = parts.map((part) =>
    part.catch((error: unknown) => {
      if (!ending.signal.aborted) ending.abort(error);
    }),
  );
  await Promise.all(watched);
  if (ending.signal.aborted) throw ending.signal.reason;
}

/** Attempts that bring nothing count against the limit; any progress starts the count again. */
async function fetchPart(part: Part): Promise<void> {
  const { client, options, end } = part;
  let at = part.start;
  let attempt = 0;
  for (;;) {
    const before = at;
    const { url, headers } = await part.source();
    const cause = await readRange(part, url, headers ?? {}, at, (byteCount) => {
      at += byteCount;
    });
    if (at === end) return;
    options.signal?.throwIfAborted();
    attempt = at > before ? 1 : attempt + 1;
    if (attempt > client.settings.maxRetries) throw connectionFailure(url, attempt, cause);
    await client.pause(attempt, { url, cause }, options.signal);
  }
}

/** Why the stream broke off, if it did. */
async function readRange(
  { client, version, handle, end, options }: Part,
  url: URL,
  headers: Readonly<Record<string, string>>,
  start: number,
  onWritten: (byteCount: number) => void,
): Promise<unknown> {
  const { signal } = options;
  const answer = await client.send(
    url,
    {
      headers: {
        ...headers,
        range: `bytes=${start}-${end - 1}`,
        ...(version.etag === null ? {} : { 'if-match': quoted(version.etag) }),
      },
      ...(signal === undefined ? {} : { signal }),
    },
    [416],
  );
  let at = start;
  try {
    checkRange(answer, start, url);
    const { etag } = answer.headers;
    version.etag ??= etag ?? null;
    if (etag !== undefined && quoted(etag) !== quoted(version.etag ?? '')) throw changed(url);
    for await (const part of answer.body as AsyncIterable<Buffer>) {
      if (at + part.length > end) throw changed(url);
      await handle.write(part, 0, part.length, at);
      at += part.length;
      onWritten(part.length);
      options.onBytes?.(part.length);
    }
    return new Error(`${at - start} of ${end - start} bytes came`);
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'SlipwayError') throw cause;
    return cause;
  } finally {
    answer.body.destroy();
  }
}

/** Listings leave the quotes out. */
function quoted(etag: string): string {
  return `"${etag.replaceAll(/^(?:W\/)?"|"$/g, '')}"`;
}

function checkRange({ status, headers }: HttpAnswer, start: number, url: URL): void {
  const begins = Number(/^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1] ?? -1);
  if (status === 206 && begins === start) return;
  if (status === 416) throw changed(url);
  throw slipwayError('MODEL_FETCH_FAILED', `${shownUrl(url)} does not give parts of a file`, {
    details: { url: shownUrl(url), status },
  });
}

function changed(url: URL): Error {
  return slipwayError(
    'MODEL_FETCH_FAILED',
    `${shownUrl(url)} changed while it was fetched: try again`,
    { details: { url: shownUrl(url) } },
  );
}
