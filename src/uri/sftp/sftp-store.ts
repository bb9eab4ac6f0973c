/** SFTP, with the package ssh2 (optional). */
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type * as Ssh from 'ssh2';
import type { Client, FileEntryWithStats, SFTPWrapper, Stats } from 'ssh2';
import { slipwayError } from '../../errors/slipway-error.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { FolderEntry } from '../artifacts/folder-store.ts';
import { createConnectionStore, parseHostUri, timeTag } from '../connection-store.ts';
import { loadOptional } from '../load-optional.ts';
import type { UriSession } from '../uri-session.ts';
import { type Login, readLogin } from './read-login.ts';
import { readAhead } from './read-ahead.ts';

interface Connection {
  readonly client: Client;
  readonly sftp: SFTPWrapper;
}

const noSuchFile = 2;

/**
 * Opens the folder `below` of `sftp://user:password@host:port/path`.
 * @throws MODEL_URI_INVALID, MODEL_URI_UNSUPPORTED without the package
 */
export async function openSftpStore(
  session: UriSession,
  uri: string,
  below: string,
): Promise<ArtifactStore> {
  const url = parseHostUri(uri, 'sftp');
  const { Client: SshClient } = loadOptional<typeof Ssh>('ssh2', 'sftp');
  const login = await readLogin(url, session.environment);
  return createConnectionStore<Connection>(session, url, below, {
    connect: (timeoutMs) => connect(new SshClient(), login, timeoutMs),
    disconnect: ({ client }) => client.destroy(),
    explain,
    listFolder: async ({ sftp }, folder) => (await readFolder(sftp, folder)).flatMap(toEntry),
    lastModified: async ({ sftp }, file) => timeOf(await statFile(sftp, file)),
    receive: ({ sftp }, file, start, sink) => receive(sftp, file, start, sink),
  });
}

function connect(
  client: Client,
  { config, refusal }: Login,
  readyTimeout: number,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    client.on('error', (error) => reject(refusal() ?? error));
    client.once('ready', () =>
      client.sftp((error, sftp) => {
        if (error === undefined) resolve({ client, sftp });
        else reject(error);
      }),
    );
    try {
      client.connect({ ...config, readyTimeout });
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
  return [{ name: filename, isFolder: false, sizeBytes: attrs.size, etag: timeTag(timeOf(attrs)) }];
}

function timeOf({ mtime }: { readonly mtime: number }): Date {
  return new Date(mtime * 1000);
}

function statFile(sftp: SFTPWrapper, file: string): Promise<Stats> {
  return new Promise((resolve, reject) => {
    sftp.stat(file, (error, stats) => {
      if (error === undefined) resolve(stats);
      else reject(error);
    });
  });
}

async function receive(
  sftp: SFTPWrapper,
  file: string,
  start: number,
  sink: Writable,
): Promise<void> {
  await pipeline(Readable.from(readAhead(sftp, file, start)), sink);
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
