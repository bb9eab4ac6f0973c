/** Artifacts in a folder of this machine, used in place. */
import { copyFile, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { slipwayError } from '../../errors/slipway-error.ts';
import { localPathOf } from '../local-path.ts';
import type { ArtifactFile, ArtifactStore, DownloadOptions } from './artifact-store.ts';
import { Listing } from './listing.ts';

/** A store that needs no fetching. */
export interface LocalStore extends ArtifactStore {
  readonly directory: string;
}

/** Is the model there already? */
export function isLocalStore(store: ArtifactStore): store is LocalStore {
  return 'directory' in store;
}

/** `uri` is a path or a `file:` URI. @throws MODEL_URI_UNSUPPORTED for another host */
export function createLocalStore(uri: string, below: string): LocalStore {
  const directory = path.resolve(localPathOf(uri), below);
  return { location: directory, directory, ...operationsIn(directory) };
}

function operationsIn(directory: string): Omit<ArtifactStore, 'location'> {
  return {
    list: () => listFolder(directory),
    read: async (name, limitBytes) => {
      const file = path.join(directory, name);
      const stats = await stat(file).catch(() => null);
      if (stats?.isFile() !== true) return null;
      if (stats.size <= limitBytes) return readFile(file);
      throw slipwayError('MODEL_LISTING_INVALID', `${file} has ${stats.size} bytes`, {
        details: { file, limitBytes },
      });
    },
    download: async (file: ArtifactFile, target: string, { onBytes }: DownloadOptions) => {
      await copyFile(path.join(directory, file.path), target);
      onBytes?.(file.sizeBytes ?? 0);
    },
  };
}

async function listFolder(directory: string): Promise<readonly ArtifactFile[]> {
  const listing = new Listing(directory);
  const visit = async (folder: string): Promise<void> => {
    const entries = await readdir(path.join(directory, folder), { withFileTypes: true }).catch(
      () => [],
    );
    for (const entry of entries) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      listing.checkPath(name);
      if (entry.isDirectory()) await visit(name);
      else if (entry.isFile()) {
        const { size, mtimeMs } = await stat(path.join(directory, name));
        listing.add({ path: name, sizeBytes: size, etag: String(mtimeMs) });
      }
    }
  };
  await visit('');
  return listing.files;
}
