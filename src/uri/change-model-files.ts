/** Changes files of a model where it stands: in a folder of this machine, or behind the artifact proxy of a tracking server. */
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { slipwayError } from '../errors/slipway-error.ts';
import type { ArtifactStore } from './artifacts/artifact-store.ts';
import { isLocalStore } from './artifacts/local-store.ts';
import { locateModel } from './locate-model.ts';
import { openSession } from './uri-session.ts';

const fileLimitBytes = 8 * 2 ** 20;

/** Options of {@link changeModelFiles}. */
export interface ChangeModelFilesOptions {
  /** Where settings and credentials are read. Default: `process.env`. */
  readonly environment?: NodeJS.ProcessEnv;
}

/**
 * Calls `change` with the folder of the model that `uri` names, which is none of this machine's paths, or with a folder
 * that holds copies of its files `names`; those that it changed are written back. A run's model is the one it logged
 * last: what a resolution of the same URI would read.
 *
 * @throws MODEL_URI_UNSUPPORTED where the store cannot be written, MODEL_NOT_FOUND, and the codes of `resolveModelUri`
 */
export async function changeModelFiles<T>(
  uri: string,
  names: readonly string[],
  change: (directory: string) => Promise<T>,
  { environment = process.env }: ChangeModelFilesOptions = {},
): Promise<T> {
  const workFolder = await mkdtemp(path.join(tmpdir(), 'slipway-change-'));
  const session = await openSession(uri, environment, { workFolder });
  try {
    const { stores } = await locateModel(session, uri);
    for (const store of stores.toReversed()) {
      if (isLocalStore(store)) {
        if (await isFolder(store.directory)) return await change(store.directory);
        continue;
      }
      const copies = path.join(workFolder, 'copies');
      await mkdir(copies, { recursive: true });
      const before = await readFiles(store, names, copies);
      if (before.size === 0) continue;
      if (store.write === undefined) throw notWritable(uri);
      const result = await change(copies);
      await writeBack(store, before, copies);
      return result;
    }
    throw slipwayError('MODEL_NOT_FOUND', `${uri} has no ${names.join(' and no ')}`, {
      details: { uri },
    });
  } finally {
    await session.close();
    await rm(workFolder, { recursive: true, force: true });
  }
}

async function readFiles(
  store: ArtifactStore,
  names: readonly string[],
  folder: string,
): Promise<ReadonlyMap<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  for (const name of names) {
    const content = await store.read(name, fileLimitBytes);
    if (content === null) continue;
    contents.set(name, content);
    await writeFile(path.join(folder, name), content);
  }
  return contents;
}

async function writeBack(
  store: ArtifactStore,
  before: ReadonlyMap<string, Buffer>,
  folder: string,
): Promise<void> {
  for (const [name, content] of before) {
    const after = await readFile(path.join(folder, name));
    if (!after.equals(content)) await store.write?.(name, after.toString('utf8'));
  }
}

async function isFolder(directory: string): Promise<boolean> {
  return (await stat(directory).catch(() => null))?.isDirectory() === true;
}

function notWritable(uri: string): Error {
  return slipwayError(
    'MODEL_URI_UNSUPPORTED',
    `${uri} cannot be changed from here; change a local copy, or use mlflow models update-pip-requirements.`,
    { details: { uri } },
  );
}
