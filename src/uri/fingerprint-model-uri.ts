/** Has what a URI leads to changed? Asked again and again by whoever watches a model, so nothing is fetched for the answer. */
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { mlmodelFileName } from '../model/read-saved-model.ts';
import type { ArtifactStore } from './artifacts/artifact-store.ts';
import { type LocatedModel, locateModel } from './locate-model.ts';
import type { ResolveOptions } from './resolve-options.ts';
import { openSession } from './uri-session.ts';

const mlmodelLimitBytes = 8 * 2 ** 20;

/**
 * A text that changes when `uri` leads to another model: for registered models their version and its place, as a version
 * never changes; for other places the stamp of the place (the etag of an archive), or paths, sizes and etags of its
 * files and the content of its MLmodel file. Local folders go by the times of their files.
 *
 * @throws the codes of `resolveModelUri`: what cannot be asked for now says nothing about the model
 */
export async function fingerprintModelUri(
  uri: string,
  options: ResolveOptions = {},
): Promise<string> {
  const environment = options.environment ?? process.env;
  const session = await openSession(uri, environment, { ...options, workFolder: tmpdir() });
  try {
    const located = await locateModel(session, uri);
    const parts = await describe(located, options.signal);
    return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
  } finally {
    await session.close();
  }
}

async function describe(
  { stores, registered }: LocatedModel,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const locations = stores.map(({ location }) => location);
  if (registered !== null && registered.name !== null) return [registered, locations];
  const contents = stores.map((store) => describeStore(store, signal));
  return [locations, await Promise.all(contents)];
}

async function describeStore(
  store: ArtifactStore,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const stamp = (await store.stamp?.(signal)) ?? null;
  if (stamp !== null) return stamp;
  const files = await store.list(signal);
  const mlmodel = await store.read(mlmodelFileName, mlmodelLimitBytes, signal);
  const listed = files.map(({ path, sizeBytes, etag }) => [path, sizeBytes, etag ?? null]);
  return [listed, mlmodel?.toString('base64') ?? null];
}
