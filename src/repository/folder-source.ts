/** A model in a folder of this machine, as a source to be watched. */
import { createHash, type Hash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { slipwayError } from '../errors/slipway-error.ts';
import { mlmodelFileName } from '../model/read-saved-model.ts';
import type { ModelSource } from './model-source.ts';

/** Written by Python into the model's folder when it loads code from there, so that each load would look like a change. */
const ignored = /^__pycache__$|\.pyc$/;

/** A link may lead back to a folder above it. */
const deepest = 32;

/**
 * Watches the files of `folder`: their paths, sizes, times and identities, not their content. While it holds no MLmodel
 * file, a model is on its way in or out.
 */
export function folderSource(folder: string): ModelSource {
  return {
    settles: true,
    async currentVersion(signal) {
      const hash = createHash('sha256');
      if (!(await isThere(path.join(folder, mlmodelFileName)))) {
        throw slipwayError('MODEL_NOT_FOUND', `it holds no ${mlmodelFileName} file`);
      }
      await addFolder(hash, folder, '', signal, 0);
      return hash.digest('base64');
    },
  };
}

async function isThere(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

async function addFolder(
  hash: Hash,
  root: string,
  below: string,
  signal: AbortSignal,
  depth: number,
): Promise<void> {
  signal.throwIfAborted();
  const entries = await readdir(path.join(root, below), { withFileTypes: true });
  const names = entries.filter(({ name }) => !ignored.test(name)).toSorted(byName);
  for (const { name } of names) {
    const relative = path.join(below, name);
    const stats = await stat(path.join(root, relative), { bigint: true });
    if (!stats.isDirectory()) {
      hash.update(`${relative}\0${stats.size} ${stats.mtimeNs} ${stats.ino}\n`);
    } else if (depth < deepest) {
      await addFolder(hash, root, relative, signal, depth + 1);
    }
  }
}

function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : 1;
}
