/** FTP, with the package basic-ftp (optional). Name and password stand in the URI, as with MLflow. */
import type * as Ftp from 'basic-ftp';
import type { Client, FileInfo } from 'basic-ftp';
import { slipwayError } from '../../errors/slipway-error.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { FolderEntry } from '../artifacts/folder-store.ts';
import { createConnectionStore, parseHostUri } from '../connection-store.ts';
import { loadOptional } from '../load-optional.ts';
import type { UriSession } from '../uri-session.ts';

/**
 * Opens the folder `below` of `ftp://user:password@host:port/path`.
 * @throws MODEL_URI_INVALID, MODEL_URI_UNSUPPORTED without the package
 */
export function openFtpStore(session: UriSession, uri: string, below: string): ArtifactStore {
  const url = parseHostUri(uri, 'ftp');
  const { Client: FtpClient } = loadOptional<typeof Ftp>('basic-ftp', 'ftp');
  return createConnectionStore<Client>(session, url, below, {
    connect: async (timeoutMs) => {
      const client = new FtpClient(timeoutMs);
      await client.access({
        host: url.hostname.replace(/^\[|\]$/g, ''),
        port: url.port === '' ? 21 : Number(url.port),
        user: url.username === '' ? 'anonymous' : decodeURIComponent(url.username),
        password: decodeURIComponent(url.password),
      });
      return client;
    },
    disconnect: (client) => client.close(),
    explain,
    listFolder: async (client, folder) => {
      // Some servers list the file itself, or nothing, where there is no such folder.
      await client.cd(folder);
      return (await client.list()).flatMap(toEntry);
    },
    lastModified: (client, file) => client.lastMod(file).catch(() => null),
    receive: async (client, file, start, sink) => void (await client.downloadTo(sink, file, start)),
  });
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
