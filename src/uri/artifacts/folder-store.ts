/** Stores that list one folder at a time and give each file by an address of its own, which may have to be asked for. */
import { isSlipwayError } from '../../errors/slipway-error.ts';
import { downloadParts, isWorthParts } from '../http/download-parts.ts';
import { downloadUrl } from '../http/download-url.ts';
import type { HttpClient } from '../http/http-client.ts';
import type { ArtifactFile, ArtifactStore } from './artifact-store.ts';
import { createGate } from './gate.ts';
import { Listing } from './listing.ts';

/** One file or folder of a folder. */
export interface FolderEntry {
  /** Within its folder. */
  readonly name: string;
  readonly isFolder: boolean;
  /** null where the listing does not say. */
  readonly sizeBytes: number | null;
  /** Changes when the content does. */
  readonly etag?: string;
}

/** Where a file is fetched, and what goes with the request. */
export interface FileAddress {
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What is different from store to store. */
export interface FolderStoreParts {
  readonly client: HttpClient;
  /** Without secrets. */
  readonly location: string;
  /** Entries of the folder `folder` of the model, `''` for its root. @throws MODEL_NOT_FOUND */
  readonly listFolder: (
    folder: string,
    signal: AbortSignal | undefined,
  ) => Promise<readonly FolderEntry[]>;
  readonly addressOf: (path: string, signal: AbortSignal | undefined) => Promise<FileAddress>;
  /** Do the addresses give ranges of a file? Default: true. */
  readonly givesParts?: boolean;
}

const parallelListings = 8;

/** A store of folders. */
export function createFolderStore(parts: FolderStoreParts): ArtifactStore {
  const { client, location, listFolder, addressOf, givesParts = true } = parts;
  return {
    location,
    list: (signal) => walkFolders(location, (folder) => listFolder(folder, signal)),
    read: async (path, limitBytes, signal) => {
      try {
        const { url, headers } = await addressOf(path, signal);
        const request = { ...(headers && { headers }), ...(signal && { signal }) };
        return await client.bytes(url, request, limitBytes);
      } catch (error) {
        if (isSlipwayError(error, 'MODEL_NOT_FOUND')) return null;
        throw error;
      }
    },
    download: async ({ path, sizeBytes }, target, options) => {
      const address = await addressOf(path, options.signal);
      return givesParts && isWorthParts({ sizeBytes })
        ? downloadParts(
            client,
            () => addressOf(path, options.signal),
            { sizeBytes },
            target,
            options,
          )
        : downloadUrl(client, address, { sizeBytes }, target, options);
    },
  };
}

/**
 * Every file below the root, folders followed, several listed at once.
 * @throws MODEL_LISTING_INVALID, and what `listFolder` throws
 */
export async function walkFolders(
  location: string,
  listFolder: (folder: string) => Promise<readonly FolderEntry[]>,
): Promise<readonly ArtifactFile[]> {
  const listing = new Listing(location);
  const gate = createGate(parallelListings);
  let folderCount = 0;
  const visit = async (folder: string): Promise<void> => {
    listing.checkCount((folderCount += 1));
    const folders: string[] = [];
    for (const { name, isFolder, sizeBytes, etag } of await gate(() => listFolder(folder))) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (isFolder) {
        listing.checkPath(path);
        folders.push(path);
      } else listing.add({ path, sizeBytes, ...(etag === undefined ? {} : { etag }) });
    }
    await Promise.all(folders.map((path) => visit(path)));
  };
  await visit('');
  return listing.files;
}
