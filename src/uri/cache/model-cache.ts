/**
 * Models that were fetched, by content. An entry appears by one rename when it is whole and never changes after, so
 * any number of processes may read and add at once: the slower of two that fetch the same throws its copy away.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ArtifactFile } from '../artifacts/artifact-store.ts';
import { entryNames } from './is-partial-model.ts';

/** What stands in the cache under one key. */
export interface CacheRecord {
  readonly key: string;
  /** URI by which it was first fetched. */
  readonly uri: string;
  /** Where its files came from. */
  readonly locations: readonly string[];
  /** ISO 8601. */
  readonly fetchedAt: string;
  readonly sizeBytes: number;
  /** Are there files at the place that were not needed, and so not fetched? Default: false. */
  readonly isPartial?: boolean;
  /** Path and size of every file. */
  readonly files: readonly (readonly [string, number])[];
}

/** A record, when it was last asked for, and by what. */
export interface CacheEntry extends CacheRecord {
  /** Every URI that led to it last. */
  readonly uris: readonly string[];
  readonly usedAt: Date;
  readonly directory: string;
}

/** What a URI led to last. */
export interface Remembered {
  /** The URI without secrets. */
  readonly uri: string;
  readonly key: string;
  /** ISO 8601. */
  readonly at: string;
  /** Version of the whole place, where it has one (the etag of an archive). */
  readonly stamp: string | null;
}

const { record: recordName, model: modelName } = entryNames;
/** Parts that nobody finished within a day are left over. */
const abandonedMs = 86_400_000;

/** The cache in one folder, which need not exist. */
export class ModelCache {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Folder of the model with this key, if it is there and every file has its size. */
  async find(key: string): Promise<string | null> {
    const record = await this.#read(key);
    if (record === null) return null;
    const directory = path.join(this.#entryFolder(key), modelName);
    if (!(await isWhole(directory, record))) {
      await this.remove(key);
      return null;
    }
    const now = new Date();
    await utimes(path.join(this.#entryFolder(key), recordName), now, now).catch(() => undefined);
    return directory;
  }

  /** What stands under the key; null without it. */
  record(key: string): Promise<CacheRecord | null> {
    return this.#read(key);
  }

  /** Where entries are made. */
  get partialFolder(): string {
    return path.join(this.folder, 'partial');
  }

  /** A new folder for an entry in the making; its model goes into `model`. */
  async stage(): Promise<{ readonly folder: string; readonly model: string }> {
    const folder = path.join(this.partialFolder, randomUUID());
    const model = path.join(folder, modelName);
    await mkdir(model, { recursive: true, mode: 0o700 });
    return { folder, model };
  }

  /** Makes a whole entry of a staged one; the folder of its model. */
  async commit(staged: string, record: CacheRecord): Promise<string> {
    await writeFile(path.join(staged, recordName), `${JSON.stringify(record, null, 1)}\n`);
    const target = this.#entryFolder(record.key);
    await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
    for (;;) {
      try {
        await rename(staged, target);
        return path.join(target, modelName);
      } catch (error) {
        const known = await this.find(record.key);
        if (known !== null) {
          await rm(staged, { recursive: true, force: true });
          return known;
        }
        if (!(await exists(target)) || !(await exists(staged))) throw error;
        await this.remove(record.key); // what stands there is damaged
      }
    }
  }

  /** Keeps what `uri` led to, for starts without a network. */
  async remember(uri: string, servers: string, remembered: Remembered): Promise<void> {
    const file = this.#uriFile(uri, servers);
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const draft = `${file}.${randomUUID()}`;
    await writeFile(draft, JSON.stringify(remembered));
    await rename(draft, file);
  }

  /** What {@link remember} kept. */
  async recall(uri: string, servers: string): Promise<Remembered | null> {
    return readRemembered(this.#uriFile(uri, servers));
  }

  /** Every entry, the last used first. */
  async list(): Promise<readonly CacheEntry[]> {
    const keys = await readdir(path.join(this.folder, 'content')).catch(() => []);
    const remembered = await this.#allRemembered();
    const entries = await Promise.all(
      keys.map((key) => {
        const uris = remembered.filter((each) => each.key === key).map(({ uri }) => uri);
        return this.#entry(key, uris);
      }),
    );
    return entries
      .filter((entry) => entry !== null)
      .toSorted((a, b) => b.usedAt.getTime() - a.usedAt.getTime());
  }

  /** Takes an entry away: first out of sight, then from disk. */
  async remove(key: string): Promise<void> {
    const { folder } = await this.stage();
    const aside = path.join(folder, 'removed');
    await rename(this.#entryFolder(key), aside).catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  }

  /** Removes what processes that were ended left behind, and what leads nowhere. */
  async sweep(now: number = Date.now()): Promise<void> {
    for (const name of await readdir(this.partialFolder).catch(() => [])) {
      const left = path.join(this.partialFolder, name);
      const stats = await stat(left).catch(() => null);
      if (stats === null || now - stats.mtimeMs < abandonedMs) continue;
      await rm(left, { recursive: true, force: true });
    }
    for (const { file, key } of await this.#allRemembered()) {
      if ((await this.#read(key)) === null) await rm(file, { force: true });
    }
  }

  async #allRemembered(): Promise<readonly (Remembered & { readonly file: string })[]> {
    const folder = path.join(this.folder, 'uris');
    const names = await readdir(folder).catch(() => []);
    const files = names.filter((name) => name.endsWith('.json'));
    const all = await Promise.all(
      files.map(async (name) => {
        const file = path.join(folder, name);
        const remembered = await readRemembered(file);
        return remembered === null ? null : { ...remembered, file };
      }),
    );
    return all.filter((each) => each !== null);
  }

  async #entry(key: string, uris: readonly string[]): Promise<CacheEntry | null> {
    const record = await this.#read(key);
    const stats = await stat(path.join(this.#entryFolder(key), recordName)).catch(() => null);
    if (record === null || stats === null) return null;
    const directory = path.join(this.#entryFolder(key), modelName);
    return { ...record, uris, usedAt: stats.mtime, directory };
  }

  async #read(key: string): Promise<CacheRecord | null> {
    if (!isKey(key)) return null;
    const value = await readJson(path.join(this.#entryFolder(key), recordName));
    if (typeof value !== 'object' || value === null) return null;
    const record = value as Partial<CacheRecord>;
    return Array.isArray(record.files) && record.key === key ? (record as CacheRecord) : null;
  }

  #entryFolder(key: string): string {
    return path.join(this.folder, 'content', key);
  }

  #uriFile(uri: string, servers: string): string {
    const name = createHash('sha256').update(`${servers}\n${uri}`).digest('hex');
    return path.join(this.folder, 'uris', `${name}.json`);
  }
}

/** Key of a model with these files and this MLmodel file from these places, as `meta` names it. */
export function contentKey(
  locations: readonly string[],
  files: readonly ArtifactFile[],
  mlmodel: Buffer,
  meta: string | null,
): string {
  const listed = files.map(({ path: name, sizeBytes, etag }) => [name, sizeBytes, etag ?? null]);
  const parts = [locations, listed, createHash('sha256').update(mlmodel).digest('hex'), meta];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
}

function isKey(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}

async function readRemembered(file: string): Promise<Remembered | null> {
  const value = await readJson(file);
  if (typeof value !== 'object' || value === null) return null;
  const { uri, key, at, stamp } = value as Partial<Remembered>;
  if (typeof uri !== 'string' || typeof key !== 'string' || typeof at !== 'string') return null;
  return isKey(key) ? { uri, key, at, stamp: typeof stamp === 'string' ? stamp : null } : null;
}

async function isWhole(directory: string, record: CacheRecord): Promise<boolean> {
  const checks = record.files.map(async ([name, sizeBytes]) => {
    const stats = await stat(path.join(directory, name)).catch(() => null);
    return stats?.isFile() === true && stats.size === sizeBytes;
  });
  return (await Promise.all(checks)).every(Boolean);
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => null)) !== null;
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return null;
  }
}
