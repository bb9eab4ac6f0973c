/** Stores of protocols that hold a connection open for one thing at a time: FTP and SFTP. */
import { appendFile } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { posix } from 'node:path';
import { Writable } from 'node:stream';
import { isSlipwayError, slipwayError } from '../errors/slipway-error.ts';
import type { ArtifactFile, ArtifactStore, DownloadOptions } from './artifacts/artifact-store.ts';
import { type FolderEntry, walkFolders } from './artifacts/folder-store.ts';
import { type ConnectionPool, createConnectionPool } from './connection-pool.ts';
import { readHttpSettings } from './http/http-settings.ts';
import { decodePath } from './local-path.ts';
import type { UriSession } from './uri-session.ts';

/** What is different from protocol to protocol; `C` is a connection, paths are absolute. */
export interface ConnectionProtocol<C> {
  readonly connect: (timeoutMs: number) => Promise<C>;
  /** At once, whatever runs on it. */
  readonly disconnect: (connection: C) => void;
  /** An error that no new connection changes, in words; null for one that may pass. */
  readonly explain: (error: unknown, location: string) => Error | null;
  readonly listFolder: (connection: C, folder: string) => Promise<readonly FolderEntry[]>;
  /** The time that {@link timeTag} makes the etag of the listing of; null where the server does not say. */
  readonly lastModified: (connection: C, file: string) => Promise<Date | null>;
  /** Writes the content from byte `start` on to `sink`, in order, and ends it. */
  readonly receive: (connection: C, file: string, start: number, sink: Writable) => Promise<void>;
}

/** A file that changed longer ago has another time than one that changes now: times have whole seconds. */
const settledMs = 60_000;

/** Etag of a file of which its time is all that is known. */
export function timeTag(time: Date): string {
  return time.toISOString();
}

/** Reads `ftp://user:password@host:port/path` and the like. @throws MODEL_URI_INVALID */
export function parseHostUri(uri: string, scheme: string): URL {
  if (URL.canParse(uri)) return new URL(uri);
  throw slipwayError('MODEL_URI_INVALID', `the URI is not of the form ${scheme}://user@host/path`);
}

/** The folder `below` of the one that `url` names. Nothing is connected yet. */
export function createConnectionStore<C>(
  session: UriSession,
  url: URL,
  below: string,
  protocol: ConnectionProtocol<C>,
): ArtifactStore {
  const root = [decodePath(url.pathname).replace(/\/+$/, ''), below].filter(Boolean).join('/');
  const location = `${url.protocol}//${url.host}${root}`;
  const { maxRetries, backoffFactor, timeoutMs } = readHttpSettings(session.environment);
  const pool = createConnectionPool<C>({
    location,
    maxRetries,
    backoffSeconds: backoffFactor,
    open: () => protocol.connect(timeoutMs),
    end: protocol.disconnect,
    explain: (error) => protocol.explain(error, location),
  });
  session.onClose(() => pool.close());
  const at = (name: string): string => posix.join('/', root, name);
  return {
    location,
    list: (signal) =>
      walkFolders(location, (folder) =>
        pool.use((connection) => protocol.listFolder(connection, at(folder)), signal),
      ),
    read: (name, limitBytes, signal) => readWhole(pool, protocol, at(name), limitBytes, signal),
    download: (file, target, options) =>
      pool.use(
        (connection) => downloadFile(connection, protocol, at(file.path), file, target, options),
        options.signal,
      ),
  };
}

async function readWhole<C>(
  pool: ConnectionPool<C>,
  protocol: ConnectionProtocol<C>,
  file: string,
  limitBytes: number,
  signal: AbortSignal | undefined,
): Promise<Buffer | null> {
  try {
    return await pool.use(async (connection) => {
      const { sink, content } = collect(file, limitBytes);
      await protocol.receive(connection, file, 0, sink);
      return content();
    }, signal);
  } catch (error) {
    if (isSlipwayError(error, 'MODEL_NOT_FOUND')) return null;
    throw error;
  }
}

function collect(file: string, limitBytes: number): { sink: Writable; content: () => Buffer } {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  const sink = new Writable({
    write: (part: Buffer, _encoding, done) => {
      sizeBytes += part.length;
      parts.push(part);
      done(sizeBytes > limitBytes ? tooLong(file, limitBytes) : null);
    },
  });
  return { sink, content: () => Buffer.concat(parts) };
}

/** After a broken connection it goes on where it stopped, if the file has not changed since it was listed. */
async function downloadFile<C>(
  connection: C,
  protocol: ConnectionProtocol<C>,
  path: string,
  file: ArtifactFile,
  target: string,
  { signal, onBytes }: DownloadOptions,
): Promise<void> {
  const start = await startOf(connection, protocol, path, file, target);
  let told = 0;
  const tell = (byteCount: number): void => {
    told += byteCount;
    onBytes?.(byteCount);
  };
  tell(start);
  const abort = (): void => protocol.disconnect(connection);
  signal?.addEventListener('abort', abort, { once: true });
  const handle = await open(target, start > 0 ? 'a' : 'w');
  try {
    await protocol.receive(connection, path, start, appendTo(handle, tell));
  } catch (error) {
    onBytes?.(-told);
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
    await handle.close();
  }
  const { size } = await stat(target);
  const { sizeBytes } = file;
  if (sizeBytes !== null && size !== sizeBytes) throw wrongSize(path, size, sizeBytes);
}

function appendTo(handle: FileHandle, onBytes: (byteCount: number) => void): Writable {
  return new Writable({
    write: (part: Buffer, _encoding, done) => {
      appendFile(handle.fd, part, (error) => {
        if (error === null) onBytes(part.length);
        done(error);
      });
    },
  });
}

/** How much of it is here already, of the version that was listed. */
async function startOf<C>(
  connection: C,
  { lastModified }: ConnectionProtocol<C>,
  path: string,
  { sizeBytes, etag }: ArtifactFile,
  target: string,
): Promise<number> {
  const written = (await stat(target).catch(() => null))?.size ?? 0;
  if (written === 0 || etag === undefined || written >= (sizeBytes ?? 0)) return 0;
  const modified = await lastModified(connection, path);
  if (modified === null || Date.now() - modified.getTime() < settledMs) return 0;
  return timeTag(modified) === etag ? written : 0;
}

function tooLong(path: string, limitBytes: number): Error {
  return slipwayError('MODEL_LISTING_INVALID', `${path} has more than ${limitBytes} bytes`);
}

function wrongSize(path: string, size: number, expected: number): Error {
  return slipwayError(
    'MODEL_FETCH_FAILED',
    `${path} has ${size} bytes, and its listing says ${expected}; it may have changed: try again`,
  );
}
