/** A model that is not on this machine: located, compared with the cache, fetched, kept. */
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isSlipwayError, SlipwayError, slipwayError } from '../errors/slipway-error.ts';
import { mlmodelFileName } from '../model/read-saved-model.ts';
import type { ArtifactFile, ArtifactStore } from './artifacts/artifact-store.ts';
import { isLocalStore } from './artifacts/local-store.ts';
import { cacheFolder } from './cache/cache-folder.ts';
import { isPartialModel } from './cache/is-partial-model.ts';
import { contentKey, ModelCache } from './cache/model-cache.ts';
import { fetchFiles, type PlacedFile } from './fetch-files.ts';
import { readFlag } from './http/http-settings.ts';
import { shownUrl } from './http/http-failure.ts';
import { type LocatedModel, locateModel } from './locate-model.ts';
import {
  putRegisteredModelMeta,
  registeredModelMeta,
  registeredModelMetaName,
} from './registered-model-meta.ts';
import type { ResolveOptions } from './resolve-options.ts';
import { openSession, type UriSession } from './uri-session.ts';

const mlmodelLimitBytes = 8 * 2 ** 20;

/** One call of {@link fetchModel}. */
interface Fetch {
  readonly uri: string;
  /** For messages and records. */
  readonly shown: string;
  readonly options: ResolveOptions;
  readonly session: UriSession;
  readonly cache: ModelCache;
  /** What makes the same URI mean another model. */
  readonly servers: string;
}

/**
 * The folder of the model that `uri` names, which holds an MLmodel file.
 * @throws MODEL_URI_INVALID, MODEL_URI_UNSUPPORTED, MODEL_NOT_FOUND, MODEL_ACCESS_DENIED, MODEL_FETCH_FAILED,
 *   MODEL_LISTING_INVALID, MODEL_NOT_CACHED, INVALID_ENVIRONMENT_VARIABLE, the reason of the signal
 */
export async function fetchModel(uri: string, options: ResolveOptions): Promise<string> {
  const environment = options.environment ?? process.env;
  const usesCache = !(options.noCache ?? readFlag(environment, 'SLIPWAY_NO_CACHE', false));
  const cache = new ModelCache(usesCache ? cacheFolder(environment) : await temporaryFolder());
  const workFolder = cache.partialFolder;
  const session = await openSession(uri, environment, { ...options, workFolder });
  const servers = JSON.stringify([session.trackingUri, session.registryUri]);
  const fetch: Fetch = { uri, shown: shownUri(uri), options, session, cache, servers };
  try {
    if (options.offline ?? readFlag(environment, 'SLIPWAY_OFFLINE', false)) {
      return await useKept(fetch);
    }
    return await locateAndFetch(fetch);
  } catch (error) {
    throw await withHint(error, fetch);
  } finally {
    await session.close();
  }
}

/** Without a network. */
async function useKept({ uri, shown, cache, servers, options }: Fetch): Promise<string> {
  const remembered = await cache.recall(uri, servers);
  const directory = remembered === null ? null : await cache.find(remembered.key);
  const isEnough = options.pick !== undefined || !(await isPartialModel(directory ?? ''));
  if (directory !== null && isEnough) return directory;
  throw slipwayError(
    'MODEL_NOT_CACHED',
    `${shown} is not in the cache ${cache.folder}, and nothing is fetched offline; start once without --offline`,
    { details: { uri: shown, cache: cache.folder } },
  );
}

async function locateAndFetch(fetch: Fetch): Promise<string> {
  const { session, uri, shown, options } = fetch;
  options.onProgress?.({ step: `asking where ${shown} is` });
  const located = await locateModel(session, uri);
  const local = await usedInPlace(located, uri);
  if (local !== null) return local;
  return fetchLocated(fetch, located);
}

/** The folder of a local store; null where something has to be fetched or put together. */
async function usedInPlace(
  { stores, registered }: LocatedModel,
  uri: string,
): Promise<string | null> {
  const there = [];
  for (const store of stores) {
    const isEmpty = isLocalStore(store) && !(await isFolder(store.directory));
    if (!isEmpty) there.push(store);
  }
  const [only] = there;
  if (only === undefined) throw nothingThere(uri, stores);
  if (there.length > 1 || !isLocalStore(only)) return null;
  const { directory } = only;
  if (!(await readdir(directory)).includes(mlmodelFileName)) {
    throw noMlmodel(uri, stores, await only.list());
  }
  if (registered !== null && /^models:/i.test(uri)) {
    await putRegisteredModelMeta(directory, registeredModelMeta(registered));
  }
  return directory;
}

async function fetchLocated(fetch: Fetch, located: LocatedModel): Promise<string> {
  const { cache, uri, shown, servers } = fetch;
  const stamp = await stampOf(located.stores, fetch.options.signal);
  const remembered = stamp === null ? null : await cache.recall(uri, servers);
  if (remembered !== null && remembered.stamp === stamp) {
    const directory = await cache.find(remembered.key);
    if (directory !== null) return directory;
  }
  const files = await gatherFiles(fetch, located.stores);
  const mlmodel = files.find(({ file }) => file.path === mlmodelFileName)?.content;
  if (mlmodel === undefined) {
    throw noMlmodel(
      shown,
      located.stores,
      files.map(({ file }) => file),
    );
  }
  const locations = located.stores.map(({ location }) => location);
  const meta = located.registered === null ? null : registeredModelMeta(located.registered);
  const keyOf = (some: readonly PlacedFile[]): string =>
    contentKey(
      locations,
      some.map(({ file }) => file),
      mlmodel,
      meta,
    );
  // An archive has come whole by now.
  const wanted = stamp === null ? pickFiles(fetch, files, mlmodel) : files;
  const isPartial = wanted.length < files.length;
  const whole = keyOf(files);
  const part = isPartial ? keyOf(wanted) : whole;
  const kept = (await cache.find(whole)) ?? (isPartial ? await cache.find(part) : null);
  const gathered = { key: part, locations, meta, isPartial };
  const directory =
    kept ??
    (await fetchInto(fetch, { ...gathered, files: await withCopies(fetch, wanted, keyOf) }));
  const key = path.basename(path.dirname(directory));
  await cache.remember(uri, servers, { uri: shown, key, at: new Date().toISOString(), stamp });
  return directory;
}

function pickFiles(
  { options: { pick } }: Fetch,
  files: readonly PlacedFile[],
  mlmodel: Buffer,
): readonly PlacedFile[] {
  if (pick === undefined) return files;
  const names = files.map(({ file }) => file.path);
  const picked = new Set([mlmodelFileName, ...pick(mlmodel, names)]);
  return files.filter(({ file }) => picked.has(file.path));
}

/** What a part of the same model, fetched before, has already: each file is fetched once. */
async function withCopies(
  { cache, uri, servers }: Fetch,
  files: readonly PlacedFile[],
  keyOf: (some: readonly PlacedFile[]) => string,
): Promise<readonly PlacedFile[]> {
  const remembered = await cache.recall(uri, servers);
  const record = remembered === null ? null : await cache.record(remembered.key);
  if (record?.isPartial !== true) return files;
  const names = new Set(record.files.map(([name]) => name));
  const same = files.filter(({ file }) => names.has(file.path));
  const directory = keyOf(same) === record.key ? await cache.find(record.key) : null;
  if (directory === null) return files;
  return files.map((placed) => {
    const { path: name } = placed.file;
    return names.has(name) && name !== mlmodelFileName
      ? { ...placed, copy: path.join(directory, name) }
      : placed;
  });
}

async function stampOf(
  stores: readonly ArtifactStore[],
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const [only] = stores;
  return stores.length === 1 ? ((await only?.stamp?.(signal)) ?? null) : null;
}

/** Lists every place and reads the MLmodel file, which selection needs first and alone. */
async function gatherFiles(
  { shown, options: { signal } }: Fetch,
  stores: readonly ArtifactStore[],
): Promise<readonly PlacedFile[]> {
  const placed = new Map<string, PlacedFile>();
  for (const store of stores) {
    const files = await store.list(signal).catch((error: unknown) => noneOr(error));
    for (const file of files) placed.set(file.path, { file, store });
  }
  if (placed.size === 0) throw nothingThere(shown, stores);
  const mlmodel = placed.get(mlmodelFileName);
  const content = await mlmodel?.store.read(mlmodelFileName, mlmodelLimitBytes, signal);
  if (mlmodel !== undefined && content !== undefined && content !== null) {
    placed.set(mlmodelFileName, { ...mlmodel, content });
  }
  return [...placed.values()].toSorted((a, b) => (a.file.path < b.file.path ? -1 : 1));
}

function noneOr(error: unknown): readonly ArtifactFile[] {
  if (isSlipwayError(error, 'MODEL_NOT_FOUND')) return [];
  throw error;
}

interface Gathered {
  readonly key: string;
  readonly locations: readonly string[];
  readonly meta: string | null;
  readonly isPartial: boolean;
  readonly files: readonly PlacedFile[];
}

async function fetchInto(
  { cache, shown, options: { signal, onProgress } }: Fetch,
  { key, locations, meta, isPartial, files }: Gathered,
): Promise<string> {
  const staged = await cache.stage();
  try {
    const wanted = meta === null ? files : files.filter(({ file }) => !isMeta(file));
    const heard = { ...(signal && { signal }), ...(onProgress && { onProgress }) };
    await fetchFiles(wanted, staged.model, heard);
    if (meta !== null) await writeFile(path.join(staged.model, registeredModelMetaName), meta);
    const names = wanted.map(({ file }) => file.path);
    const all = meta === null ? names : [...names, registeredModelMetaName];
    const sizes = await measure(staged.model, all);
    return await cache.commit(staged.folder, {
      key,
      uri: shown,
      locations,
      fetchedAt: new Date().toISOString(),
      sizeBytes: sizes.reduce((sum, [, sizeBytes]) => sum + sizeBytes, 0),
      ...(isPartial ? { isPartial } : {}),
      files: sizes,
    });
  } catch (error) {
    await rm(staged.folder, { recursive: true, force: true });
    throw error;
  }
}

function isMeta({ path: name }: ArtifactFile): boolean {
  return name === registeredModelMetaName;
}

function measure(
  folder: string,
  names: readonly string[],
): Promise<readonly (readonly [string, number])[]> {
  return Promise.all(
    names.map(async (name) => [name, (await stat(path.join(folder, name))).size] as const),
  );
}

/** A folder that goes away with the process. */
async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-models-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function isFolder(directory: string): Promise<boolean> {
  return (await stat(directory).catch(() => null))?.isDirectory() === true;
}

function nothingThere(uri: string, stores: readonly ArtifactStore[]): SlipwayError {
  const places = stores.map(({ location }) => location);
  return slipwayError(
    'MODEL_NOT_FOUND',
    `${uri} leads to ${places.join(' and ')}: no such artifact`,
    {
      details: { uri, locations: places },
    },
  );
}

function noMlmodel(
  uri: string,
  stores: readonly ArtifactStore[],
  files: readonly ArtifactFile[],
): SlipwayError {
  const below = files.find((file) => file.path.endsWith(`/${mlmodelFileName}`));
  const folder = below === undefined ? null : path.posix.dirname(below.path);
  const hint = folder === null ? '' : `; there is one in ${uri.replace(/\/+$/, '')}/${folder}`;
  const places = stores.map(({ location }) => location).join(' and ');
  return slipwayError('MODEL_NOT_FOUND', `${places} holds no ${mlmodelFileName} file${hint}`, {
    details: { uri },
  });
}

/** Without the server, a copy in the cache may do: whoever asked decides. */
async function withHint(error: unknown, { uri, cache, servers }: Fetch): Promise<unknown> {
  if (!isSlipwayError(error, 'MODEL_FETCH_FAILED')) return error;
  const kept = await cache.recall(uri, servers);
  if (kept === null || (await cache.find(kept.key)) === null) return error;
  const message = `${error.message}; --offline uses the copy of ${kept.at.slice(0, 10)} in the cache`;
  return new SlipwayError(error.code, message, error.details, error.cause);
}

/** Addresses may carry passwords and signatures. */
function shownUri(uri: string): string {
  return /^https?:/i.test(uri) && URL.canParse(uri) ? shownUrl(new URL(uri)) : uri;
}
