/** Files and folders of this machine → entries of a layer: owners, times and the order of the disk play no part. */
import { lstat, readdir, readlink, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { RecipeFile } from '../../contract/image-recipe.ts';
import { slipwayError } from '../../errors/slipway-error.ts';
import type { LayerEntry } from '../oci/layer-entry.ts';

/** Folders that every base has, whose settings are its own business. */
const topFolders = new Set(['opt', 'usr', 'etc', 'var', 'usr/local', 'usr/local/bin']);

/** Entries for `files` and for the folders that lead to them. @throws IMAGE_BUILD_FAILED */
export async function collectEntries(files: readonly RecipeFile[]): Promise<readonly LayerEntry[]> {
  const entries = new Map<string, LayerEntry>();
  for (const { source, target } of files) {
    const place = target.replace(/^\/+|\/+$/g, '');
    for (const folder of foldersAbove(place)) entries.set(folder.path, folder);
    const root = await realpath(source).catch(() => null);
    if (root === null) throw failed(`${source} is not there`);
    for await (const entry of walk(root, root, place)) entries.set(entry.path, entry);
  }
  return [...entries.values()];
}

/** Entries for the folders that lead to `place`, which stands below the top of the image. */
export function foldersAbove(place: string): readonly LayerEntry[] {
  const parts = place.split('/').slice(0, -1);
  return parts
    .map((_, at) => parts.slice(0, at + 1).join('/'))
    .filter((folder) => !topFolders.has(folder))
    .map((folder) => ({ type: 'directory', path: folder }));
}

async function* walk(root: string, file: string, place: string): AsyncGenerator<LayerEntry> {
  const found = await lstat(file);
  if (found.isSymbolicLink()) {
    const link = await innerLink(root, file);
    if (link !== null) yield { type: 'symlink', path: place, target: link };
    else yield* walk(root, await realpath(file), place);
    return;
  }
  if (found.isDirectory()) {
    yield { type: 'directory', path: place };
    for (const name of await readdir(file))
      yield* walk(root, path.join(file, name), `${place}/${name}`);
    return;
  }
  if (!found.isFile())
    throw failed(`${file} is no file: sockets, pipes and devices cannot go into an image`);
  const { size: sizeBytes, mode } = await stat(file);
  const isProgram = (mode & 0o100) !== 0;
  yield {
    type: 'file',
    path: place,
    content: { file, sizeBytes },
    ...(isProgram ? { mode: 0o755 } : {}),
  };
}

/** A link that stays within the folder is kept; what another one names is copied, since the image has no such place. */
async function innerLink(root: string, file: string): Promise<string | null> {
  const target = await readlink(file);
  const real = await realpath(file).catch(() => null);
  if (real === null) throw failed(`${file} is a link to ${target}, which is not there`);
  const isInside = real.startsWith(`${root}${path.sep}`) && !path.isAbsolute(target);
  return isInside ? target.split(path.sep).join('/') : null;
}

function failed(message: string): Error {
  return slipwayError('IMAGE_BUILD_FAILED', message);
}
