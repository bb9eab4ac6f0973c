/** A model in one archive on a web server: fetched whole, then read entry by entry; nothing is written by names of its own. */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rm, statfs, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { slipwayError } from '../../errors/slipway-error.ts';
import { downloadUrl, sizeAndVersionOf } from '../http/download-url.ts';
import type { HttpClient } from '../http/http-client.ts';
import { shownUrl } from '../http/http-failure.ts';
import type { ArchiveEntry } from './archive-entry.ts';
import type { ArtifactFile, ArtifactStore } from './artifact-store.ts';
import { createByteLimit } from './byte-limit.ts';
import { extractEntry } from './extract-entry.ts';
import { Listing } from './listing.ts';
import { readTar } from './read-tar.ts';
import { readZip } from './read-zip.ts';

/** Room that is left on a disk for others. */
const spareBytes = 64 * 2 ** 20;

/** Options of {@link createArchiveStore}. */
export interface ArchiveOptions {
  /** Folder inside the archive. */
  readonly below: string;
  /** New folder for the archive itself; whoever gives it removes it. */
  readonly workFolder: string;
}

/** The archive at `url`. */
export function createArchiveStore(
  client: HttpClient,
  url: URL,
  { below, workFolder }: ArchiveOptions,
): ArtifactStore {
  return new ArchiveStore(client, url, below, workFolder);
}

class ArchiveStore implements ArtifactStore {
  readonly location: string;
  readonly #client: HttpClient;
  readonly #url: URL;
  readonly #below: string;
  readonly #workFolder: string;
  #entries = new Map<string, ArchiveEntry>();
  #file = '';

  constructor(client: HttpClient, url: URL, below: string, workFolder: string) {
    this.location = shownUrl(url);
    this.#client = client;
    this.#url = url;
    this.#below = below;
    this.#workFolder = workFolder;
  }

  async stamp(signal?: AbortSignal): Promise<string | null> {
    const request = { method: 'HEAD', ...(signal === undefined ? {} : { signal }) } as const;
    const answer = await this.#client.send(this.#url, request, [403, 405, 501]);
    answer.body.resume();
    if (answer.status >= 300) return null;
    const { sizeBytes, version } = sizeAndVersionOf(answer);
    return version === null ? null : `${version} ${sizeBytes ?? ''}`;
  }

  async list(signal?: AbortSignal): Promise<readonly ArtifactFile[]> {
    await mkdir(this.#workFolder, { recursive: true });
    this.#file = await this.#fetch(signal);
    const handle = await open(this.#file, 'r');
    try {
      const listing = new Listing(this.location);
      const entries = await this.#readEntries(handle, listing);
      this.#entries = this.#rebase(entries);
      const below = new Listing(this.location);
      for (const [name, { sizeBytes }] of this.#entries) below.add({ path: name, sizeBytes });
      return below.files;
    } finally {
      await handle.close();
    }
  }

  async read(name: string, limitBytes: number): Promise<Buffer | null> {
    const entry = this.#entries.get(name);
    if (entry === undefined) return null;
    if (entry.sizeBytes > limitBytes) {
      throw new Listing(this.location).invalid(name, `has ${entry.sizeBytes} bytes`);
    }
    const parts: Buffer[] = [];
    await extractEntry(this.#file, entry, this.location, async (part) => void parts.push(part));
    return Buffer.concat(parts);
  }

  async download(
    file: ArtifactFile,
    target: string,
    { onBytes }: { readonly onBytes?: (byteCount: number) => void },
  ): Promise<void> {
    const entry = this.#entries.get(file.path);
    if (entry === undefined) throw new Error(`${file.path} is not in the listing`);
    const handle = await open(target, 'wx');
    try {
      await extractEntry(this.#file, entry, this.location, async (part) => {
        await handle.write(part);
        onBytes?.(part.length);
      });
    } finally {
      await handle.close();
    }
  }

  async #fetch(signal: AbortSignal | undefined): Promise<string> {
    const archive = path.join(this.#workFolder, 'archive');
    const options = signal === undefined ? {} : { signal };
    await downloadUrl(this.#client, this.#url, { sizeBytes: null }, archive, options);
    if (!/gz$/i.test(this.#url.pathname)) return archive;
    const tar = path.join(this.#workFolder, 'archive.tar');
    await this.#unpack(archive, tar, options);
    await rm(archive);
    return tar;
  }

  /** A small file can unpack to more than a disk holds. */
  async #unpack(
    from: string,
    to: string,
    options: { readonly signal?: AbortSignal },
  ): Promise<void> {
    const { bavail, bsize } = await statfs(this.#workFolder);
    const limit = createByteLimit(bavail * bsize - spareBytes, 'there is no room for its content');
    try {
      const target = createWriteStream(to, { flags: 'wx' });
      await pipeline(createReadStream(from), createGunzip(), limit, target, options);
    } catch (cause) {
      options.signal?.throwIfAborted();
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw slipwayError(
        'MODEL_LISTING_INVALID',
        `${this.location} is not a sound .tar.gz: ${reason}`,
        { details: { location: this.location }, cause },
      );
    }
  }

  #readEntries(handle: FileHandle, listing: Listing): Promise<ReadonlyMap<string, ArchiveEntry>> {
    return /\.zip$/i.test(this.#url.pathname) ? readZip(handle, listing) : readTar(handle, listing);
  }

  /** The folder asked for; without one, the model may stand in the archive's only folder. */
  #rebase(entries: ReadonlyMap<string, ArchiveEntry>): Map<string, ArchiveEntry> {
    const prefix = this.#below === '' ? onlyFolderOf(entries) : `${this.#below}/`;
    const found = new Map<string, ArchiveEntry>();
    for (const [name, entry] of entries) {
      if (name.startsWith(prefix)) found.set(name.slice(prefix.length), entry);
    }
    return found;
  }
}

function onlyFolderOf(entries: ReadonlyMap<string, ArchiveEntry>): string {
  if (entries.has('MLmodel')) return '';
  const folders = new Set([...entries.keys()].map((name) => name.slice(0, name.indexOf('/') + 1)));
  const [only = ''] = folders;
  return folders.size === 1 ? only : '';
}
