/** FTP, with the package basic-ftp (optional). Name and password stand in the URI, as with MLflow. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Writable } from 'node:stream';
import type { Client, FileInfo } from 'basic-ftp';
import { isSlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import type { ArtifactFile, ArtifactStore, DownloadOptions } from '../artifacts/artifact-store.ts';
import { type FolderEntry, walkFolders } from '../artifacts/folder-store.ts';
import { type ConnectionPool, createConnectionPool } from '../connection-pool.ts';
import { readHttpSettings } from '../http/http-settings.ts';
import { loadOptional } from '../load-optional.ts';
import { decodePath } from '../local-path.ts';
import type { UriSession } from '../uri-session.ts';

/** A file that changed longer ago has another time than one that changes now. */
const settledMs = 60_000;

/**
 * Opens the folder `below` of `ftp://user:password@host:port/path`.
 * @throws MODEL_URI_INVALID, MODEL_URI_UNSUPPORTED without the package
 */
export async function openFtpStore(
  session: UriSession,
  uri: string,
  below: string,
): Promise<ArtifactStore> {
  if (!URL.canParse(uri)) {
    throw slipwayError('MODEL_URI_INVALID', 'the URI is not of the form ftp://user@host/path');
  }
  const url = new URL(uri);
  const { Client: FtpClient } = await loadOptional('basic-ftp', 'ftp', () => import('basic-ftp'));
  const root = [decodePath(url.pathname).replace(/\/+$/, ''), below].filter(Boolean).join('/');
  const location = `ftp://${url.host}${root}`;
  const { maxRetries, backoffFactor, timeoutMs } = readHttpSettings(session.environment);
  const pool = createConnectionPool<Client>({
    location,
    maxRetries,
    backoffSeconds: backoffFactor,
    end: (client) => client.close(),
    explain: (error) => explain(error, location),
    open: async () => {
      const client = new FtpClient(timeoutMs);
      await client.access({
        host: url.hostname.replace(/^\[|\]$/g, ''),
        port: url.port === '' ? 21 : Number(url.port),
        user: url.username === '' ? 'anonymous' : decodeURIComponent(url.username),
        password: decodeURIComponent(url.password),
      });
      return client;
    },
  });
  session.onClose(() => pool.close());
  return createFtpStore(pool, location, root);
}

function createFtpStore(
  pool: ConnectionPool<Client>,
  location: string,
  root: string,
): ArtifactStore {
  const at = (path: string): string => (path === '' ? root : `${root}/${path}`);
  return {
    location,
    list: (signal) =>
      walkFolders(location, (folder) =>
        pool.use(async (client) => {
          // Some servers list the file itself, or nothing, where there is no such folder.
          await client.cd(at(folder) === '' ? '/' : at(folder));
          return (await client.list()).flatMap(toEntry);
        }, signal),
      ),
    read: async (path, limitBytes, signal) => {
      try {
        return await pool.use((client) => readFile(client, at(path), limitBytes), signal);
      } catch (error) {
        if (isSlipwayError(error, 'MODEL_NOT_FOUND')) return null;
        throw error;
      }
    },
    download: (file, target, options) =>
      pool.use(
        (client) => downloadFile(client, at(file.path), file, target, options),
        options.signal,
      ),
  };
}

/** Links are followed nowhere: they count as what they are, and nobody knows what that is. */
function toEntry(info: FileInfo): readonly FolderEntry[] {
  if (info.name === '.' || info.name === '..' || info.isSymbolicLink) return [];
  const etag = info.rawModifiedAt === '' ? {} : { etag: info.rawModifiedAt };
  return [
    {
      name: info.name,
      isFolder: info.isDirectory,
      sizeBytes: info.isDirectory ? null : info.size,
      ...(info.isDirectory ? {} : etag),
    },
  ];
}

async function readFile(client: Client, path: string, limitBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  const sink = new Writable({
    write: (part: Buffer, _encoding, done) => {
      sizeBytes += part.length;
      parts.push(part);
      done(sizeBytes > limitBytes ? tooLong(path, limitBytes) : null);
    },
  });
  await client.downloadTo(sink, path);
  return Buffer.concat(parts);
}

/** After a broken connection it goes on where it stopped, if the file has not changed since it was listed. */
async function downloadFile(
  client: Client,
  path: string,
  file: ArtifactFile,
  target: string,
  { signal, onBytes }: DownloadOptions,
): Promise<void> {
  const start = await startOf(client, path, file, target);
  let told = start;
  onBytes?.(start);
  client.trackProgress(({ bytes }) => {
    onBytes?.(start + bytes - told);
    told = start + bytes;
  });
  const abort = (): void => client.close();
  signal?.addEventListener('abort', abort, { once: true });
  const sink = createWriteStream(target, { flags: start > 0 ? 'a' : 'w' });
  const closed = once(sink, 'close');
  try {
    await client.downloadTo(sink, path, start);
  } catch (error) {
    sink.destroy();
    await closed.catch(() => undefined);
    onBytes?.(-told);
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
    client.trackProgress();
  }
  const { size } = await stat(target);
  const { sizeBytes } = file;
  if (sizeBytes !== null && size !== sizeBytes) throw wrongSize(path, size, sizeBytes);
}

/** How much of it is here already, of the version that was listed; times have whole seconds, so recent ones prove nothing. */
async function startOf(
  client: Client,
  path: string,
  { sizeBytes, etag }: ArtifactFile,
  target: string,
): Promise<number> {
  const written = (await stat(target).catch(() => null))?.size ?? 0;
  if (written === 0 || etag === undefined || written >= (sizeBytes ?? 0)) return 0;
  const modified = await client.lastMod(path).catch(() => null);
  if (modified === null || Date.now() - modified.getTime() < settledMs) return 0;
  return modified.toISOString() === etag ? written : 0;
}

function explain(error: unknown, location: string): Error | null {
  if (error instanceof Error && error.name === 'SlipwayError') return error;
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const said = error instanceof Error ? error.message : String(error);
  if (code === 530 || code === 331 || code === 332) {
    return slipwayError(
      'MODEL_ACCESS_DENIED',
      `${location} lets nobody in by that name and password (${said}): ftp://user:password@host/path`,
      { details: { location } },
    );
  }
  if (code !== 550 && code !== 553) return null;
  return slipwayError('MODEL_NOT_FOUND', `${location}: ${said}`, { details: { location } });
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
