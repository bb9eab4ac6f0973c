/** Stores that list objects by prefix and give each by an address of its own: S3, Google Cloud Storage, Azure. */
import { downloadParts, isWorthParts } from '../http/download-parts.ts';
import { downloadUrl } from '../http/download-url.ts';
import type { HttpClient } from '../http/http-client.ts';
import { readIfThere } from '../http/read-if-there.ts';
import type { ArtifactFile, ArtifactStore } from './artifact-store.ts';
import { Listing } from './listing.ts';

/** One object as a page of a listing has it. */
export interface ListedObject {
  readonly key: string;
  readonly sizeBytes: number;
  readonly etag?: string;
}

/** One page. */
export interface ObjectPage {
  readonly objects: readonly ListedObject[];
  /** null on the last page. */
  readonly next: string | null;
}

/** What is different from store to store. */
export interface ObjectStoreParts {
  readonly client: HttpClient;
  /** Without secrets. */
  readonly location: string;
  /** Key of the model's folder, without slashes around it; `''` for all of the bucket. */
  readonly key: string;
  /** Address of an object; of the version `etag` of it alone, where addresses can say so. */
  readonly urlOf: (key: string, etag?: string) => URL;
  /** false where the etags of the listing are not those of answers. Default: true. */
  readonly comparesEtags?: boolean;
  /** A page of the objects whose keys start with `prefix`; `token` is the `next` of the one before, null for the first. */
  readonly readPage: (
    prefix: string,
    token: string | null,
    signal: AbortSignal | undefined,
  ) => Promise<ObjectPage>;
}

/** A store of objects. */
export function createObjectStore(parts: ObjectStoreParts): ArtifactStore {
  const { client, location, key, urlOf, comparesEtags = true } = parts;
  const prefix = key === '' ? '' : `${key}/`;
  return {
    location,
    list: (signal) => listObjects(parts, prefix, signal),
    read: (path, limitBytes, signal) =>
      readIfThere(client, urlOf(`${prefix}${path}`), limitBytes, signal),
    download: (file, target, options) => {
      const { sizeBytes, etag } = file;
      const url = urlOf(`${prefix}${file.path}`, etag);
      const compared = { sizeBytes, ...(comparesEtags && etag !== undefined ? { etag } : {}) };
      return isWorthParts(file)
        ? downloadParts(client, url, compared, target, options)
        : downloadUrl(client, url, compared, target, options);
    },
  };
}

/** Keys that end with a slash stand for folders. */
async function listObjects(
  { location, readPage }: ObjectStoreParts,
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<readonly ArtifactFile[]> {
  const listing = new Listing(location);
  const seen = new Set<string>();
  for (let token: string | null = null; ;) {
    const { objects, next }: ObjectPage = await readPage(prefix, token, signal);
    for (const { key, sizeBytes, etag } of objects) {
      if (!key.startsWith(prefix)) throw listing.invalid(key, `does not start with ${prefix}`);
      const path = key.slice(prefix.length);
      if (path === '' || path.endsWith('/')) continue;
      listing.add({ path, sizeBytes, ...(etag === undefined ? {} : { etag }) });
    }
    if (next === null || next === '') return listing.files;
    if (seen.has(next)) throw listing.invalid('…', 'is on a page that comes again');
    seen.add(next);
    token = next;
  }
}
