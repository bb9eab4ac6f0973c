/** Writes the directory that builders get: the Dockerfile and everything that it copies. */
import { chmod, copyFile, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ImageRecipe } from '../../contract/image-recipe.ts';
import { slipwayError } from '../../errors/slipway-error.ts';
import { contextFiles, contextTexts } from './context-folders.ts';
import { dockerfileText } from './dockerfile-text.ts';

/** Not part of any model or library. */
const skipped: ReadonlySet<string> = new Set(['.git', '__pycache__']);

/**
 * Makes `directory`, or replaces what an earlier run wrote there and leaves other files alone, as MLflow does.
 * The Dockerfile comes last: where it is there, everything is.
 *
 * @throws OUTPUT_FILE_UNWRITABLE, INVALID_OPTION where it lies in what is copied into it
 */
export async function writeContext(
  recipe: ImageRecipe,
  directory: string,
  version: string,
): Promise<void> {
  const root = path.resolve(directory);
  const files = contextFiles(recipe);
  refuseNested(
    root,
    files.map(({ source }) => source),
  );
  try {
    await mkdir(root, { recursive: true });
    await removeEarlier(
      root,
      files.map(({ target }) => target),
    );
    for (const { source, target } of files) await copy(source, path.join(root, target));
    for (const [name, text] of contextTexts(recipe)) await writeText(path.join(root, name), text);
    await writeText(path.join(root, 'Dockerfile'), dockerfileText(recipe, version));
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (!/^(EACCES|EPERM|EROFS|ENOSPC|ENOTDIR|EEXIST|EISDIR)$/.test(code)) throw cause;
    throw slipwayError(
      'OUTPUT_FILE_UNWRITABLE',
      `The directory ${directory} cannot be written (${code}); name another with --output-directory.`,
      { details: { directory: root }, cause },
    );
  }
}

/** What is copied into itself never ends. */
function refuseNested(root: string, sources: readonly string[]): void {
  const around = sources.find((source) => root === source || root.startsWith(source + path.sep));
  if (around === undefined) return;
  throw slipwayError(
    'INVALID_OPTION',
    `The directory ${root} lies in ${around}, which is copied into it; name another with --output-directory.`,
    { details: { directory: root } },
  );
}

/** The folders of our own at the top; of the models' folder only the one that is written. */
async function removeEarlier(root: string, targets: readonly string[]): Promise<void> {
  const own = targets.map((target) =>
    target
      .split('/')
      .slice(0, target.startsWith('model_dir/') ? 2 : 1)
      .join('/'),
  );
  for (const name of new Set(['Dockerfile', 'requirements', 'packages', ...own])) {
    await rm(path.join(root, name), { recursive: true, force: true });
  }
}

/** Links are followed: builders refuse those that lead out of the directory. */
async function copy(source: string, target: string): Promise<void> {
  if ((await stat(source)).isDirectory()) {
    await makeFolder(target);
    for (const name of await readdir(source)) {
      if (!skipped.has(name)) await copy(path.join(source, name), path.join(target, name));
    }
    return;
  }
  await makeFolder(path.dirname(target));
  await copyFile(source, target);
  await makeReadable(target, 0o644);
}

async function writeText(file: string, text: string): Promise<void> {
  await makeFolder(path.dirname(file));
  await writeFile(file, text);
  await makeReadable(file, 0o644);
}

async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = path.dirname(made)) {
    await makeReadable(made, 0o755);
  }
}

/** COPY keeps modes, and the user of the container is neither owner nor group: a model saved for one user must be readable to all. */
async function makeReadable(file: string, mode: number): Promise<void> {
  await chmod(file, mode);
}
