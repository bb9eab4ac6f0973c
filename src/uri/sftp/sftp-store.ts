/** SFTP, with the package ssh2 (optional). Who we are: the URI, `~/.ssh/config`, the agent, the keys of `~/.ssh`. */
import { readFile, stat } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import path from 'node:path';
import type { Client, ConnectConfig, FileEntryWithStats, SFTPWrapper } from 'ssh2';
import { isSlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import type { ArtifactFile, ArtifactStore, DownloadOptions } from '../artifacts/artifact-store.ts';
import { type FolderEntry, walkFolders } from '../artifacts/folder-store.ts';
import { type ConnectionPool, createConnectionPool } from '../connection-pool.ts';
import { readHttpSettings, readText } from '../http/http-settings.ts';
import { loadOptional } from '../load-optional.ts';
import { decodePath } from '../local-path.ts';
import type { UriSession } from '../uri-session.ts';
import { isKnownHost } from './known-hosts.ts';
import { readSshConfig } from './read-ssh-config.ts';

interface Connection {
  readonly client: Client;
  readonly sftp: SFTPWrapper;
}

const noSuchFile = 2;
const parallelReads = 16;

/**
 * Opens the folder `below` of `sftp://user:password@host:port/path`.
 * @throws MODEL_URI_INVALID, MODEL_URI_UNSUPPORTED without the package
 */
export async function openSftpStore(
  session: UriSession,
  uri: string,
  below: string,
): Promise<ArtifactStore> {
  if (!URL.canParse(uri)) {
    throw slipwayError('MODEL_URI_INVALID', 'the URI is not of the form sftp://user@host/path');
  }
  const url = new URL(uri);
  const ssh2 = await loadOptional('ssh2', 'sftp', () => import('ssh2'));
  const root = [decodePath(url.pathname).replace(/\/+$/, ''), below].filter(Boolean).join('/');
  const location = `sftp://${url.host}${root}`;
  const { maxRetries, backoffFactor, timeoutMs } = readHttpSettings(session.environment);
  const login = await readLogin(url, session.environment, timeoutMs);
  const pool = createConnectionPool<Connection>({
    location,
    maxRetries,
    backoffSeconds: backoffFactor,
    end: ({ client }) => void client.end(),
    explain: (error) => explain(error, location),
    open: () => connect(new ssh2.Client(), login),
  });
  session.onClose(() => pool.close());
  return createSftpStore(pool, location, root === '' ? '/' : root);
}

function createSftpStore(
  pool: ConnectionPool<Connection>,
  location: string,
  root: string,
): ArtifactStore {
  const at = (name: string): string => path.posix.join(root, name);
  return {
    location,
    list: (signal) =>
      walkFolders(location, (folder) =>
        pool.use(async ({ sftp }) => (await readFolder(sftp, at(folder))).flatMap(toEntry), signal),
      ),
    read: async (name, limitBytes, signal) => {
      try {
        return await pool.use(({ sftp }) => readWhole(sftp, at(name), limitBytes), signal);
      } catch (error) {
        if (isSlipwayError(error, 'MODEL_NOT_FOUND')) return null;
        throw error;
      }
    },
    download: (file, target, options) =>
      pool.use(
        ({ sftp }) => downloadFile(sftp, at(file.path), file, target, options),
        options.signal,
      ),
  };
}

interface Login {
  readonly config: ConnectConfig;
  /** Why the host is not believed; null as long as it is. */
  readonly refusal: () => Error | null;
}

async function readLogin(
  url: URL,
  environment: NodeJS.ProcessEnv,
  timeoutMs: number,
): Promise<Login> {
  const folder = path.join(readText(environment, 'HOME') ?? homedir(), '.ssh');
  const read = (name: string): Promise<string> =>
    readFile(path.join(folder, name), 'utf8').catch(() => '');
  const named = url.hostname.replace(/^\[|\]$/g, '');
  const settings = readSshConfig(await read('config'), named);
  const port = url.port === '' ? (settings.port ?? 22) : Number(url.port);
  const host = settings.hostname ?? named;
  const known = await read('known_hosts');
  const password = decodeURIComponent(url.password);
  const files = settings.identityFiles.map((file) => file.replace(/^~/, path.dirname(folder)));
  const privateKey = await firstKey([
    ...files,
    ...['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => path.join(folder, name)),
  ]);
  const agent = readText(environment, 'SSH_AUTH_SOCK');
  let refusal: Error | null = null;
  const config: ConnectConfig = {
    host,
    port,
    username:
      url.username === ''
        ? (settings.user ?? userInfo().username)
        : decodeURIComponent(url.username),
    readyTimeout: timeoutMs,
    ...(password === '' ? {} : { password }),
    ...(privateKey === null ? {} : { privateKey }),
    ...(agent === null ? {} : { agent }),
    hostVerifier: (key: Buffer) => {
      const isKnown = isKnownHost(known, host, port, key);
      if (isKnown !== true) refusal = unknownHost(host, port, isKnown === false);
      return isKnown === true;
    },
  };
  return { config, refusal: () => refusal };
}

async function firstKey(files: readonly string[]): Promise<Buffer | null> {
  for (const file of files) {
    const content = await readFile(file).catch(() => null);
    if (content !== null) return content;
  }
  return null;
}

function connect(client: Client, { config, refusal }: Login): Promise<Connection> {
  return new Promise((resolve, reject) => {
    client.on('error', (error) => reject(refusal() ?? error));
    client.once('ready', () =>
      client.sftp((error, sftp) => {
        if (error === undefined) resolve({ client, sftp });
        else reject(error);
      }),
    );
    try {
      client.connect(config);
    } catch (error) {
      reject(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

function readFolder(sftp: SFTPWrapper, folder: string): Promise<readonly FileEntryWithStats[]> {
  return new Promise((resolve, reject) => {
    sftp.readdir(folder, (error, entries) => {
      if (error === undefined) resolve(entries);
      else reject(error);
    });
  });
}

/** Links count for nothing: where they lead may be anywhere. */
function toEntry({ filename, attrs }: FileEntryWithStats): readonly FolderEntry[] {
  if (filename === '.' || filename === '..') return [];
  if (attrs.isDirectory()) return [{ name: filename, isFolder: true, sizeBytes: null }];
  if (!attrs.isFile()) return [];
  return [{ name: filename, isFolder: false, sizeBytes: attrs.size, etag: String(attrs.mtime) }];
}

async function readWhole(sftp: SFTPWrapper, file: string, limitBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const part of sftp.createReadStream(file) as AsyncIterable<Buffer>) {
    sizeBytes += part.length;
    parts.push(part);
    if (sizeBytes > limitBytes) {
      throw slipwayError('MODEL_LISTING_INVALID', `${file} has more than ${limitBytes} bytes`);
    }
  }
  return Buffer.concat(parts);
}

/** Many reads at once, as the round trips would else decide. Anew after a broken connection: nothing says that the file is still the same. */
async function downloadFile(
  sftp: SFTPWrapper,
  file: string,
  { sizeBytes }: ArtifactFile,
  target: string,
  { signal, onBytes }: DownloadOptions,
): Promise<void> {
  let written = 0;
  const step = (total: number): void => {
    onBytes?.(total - written);
    written = total;
  };
  let onAbort: (() => void) | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      onAbort = () => reject(signal?.reason as Error);
      signal?.addEventListener('abort', onAbort, { once: true });
      sftp.fastGet(file, target, { concurrency: parallelReads, step }, (error) => {
        if (error === undefined || error === null) resolve();
        else reject(error);
      });
    });
  } catch (error) {
    onBytes?.(-written);
    throw error;
  } finally {
    if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort);
  }
  const { size } = await stat(target);
  if (sizeBytes === null || size === sizeBytes) return;
  throw slipwayError(
    'MODEL_FETCH_FAILED',
    `${file} has ${size} bytes, and its listing says ${sizeBytes}; it may have changed: try again`,
  );
}

function explain(error: unknown, location: string): Error | null {
  if (!(error instanceof Error)) return null;
  if (error.name === 'SlipwayError') return error;
  const { code, level } = error as Error & { readonly code?: unknown; readonly level?: unknown };
  if (level === 'client-authentication') {
    return slipwayError(
      'MODEL_ACCESS_DENIED',
      `${location} lets nobody in (${error.message}): name user and password in the URI, or a key in ~/.ssh/config`,
      { details: { location } },
    );
  }
  return code === noSuchFile
    ? slipwayError('MODEL_NOT_FOUND', `${location}: there is no such file or folder`, {
        details: { location },
      })
    : null;
}

function unknownHost(host: string, port: number, hasChanged: boolean): Error {
  const what = hasChanged ? 'shows another key than the one' : 'shows a key that is not';
  return slipwayError(
    'MODEL_ACCESS_DENIED',
    `${host} ${what} in ~/.ssh/known_hosts; if it is the right host, run "ssh-keyscan -p ${port} ${host} >> ~/.ssh/known_hosts"`,
    { details: { host, port } },
  );
}
