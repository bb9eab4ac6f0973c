/** The files of this package that an image needs: the bundled command, and the Python worker where it is used. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RecipeFile } from '../../contract/image-recipe.ts';

/** Where Slipway stands in an image. */
export const slipwayFolder = '/opt/slipway';

/** The command in an image. */
export const slipwayMain: string = `${slipwayFolder}/dist/cli/main.js`;

const commandFiles = [
  'LICENSE',
  'package.json',
  'dist/cli/package.json',
  'dist/cli/main.js',
  'dist/cli/bundle.js',
  'dist/cli/healthcheck.js',
  'dist/payload/parquet/parquet-thread.js',
] as const;

const workerFile = 'python/worker.py';

/** What has to be there for a runtime. Compiled forms of the bundle are left out: they fit one build of V8 only. */
export function packageFiles(parts: { readonly python: boolean }): readonly RecipeFile[] {
  const root = packageRoot();
  const names = parts.python ? [...commandFiles, workerFile] : commandFiles;
  return names.map((name) => {
    const source = path.join(root, name);
    if (!existsSync(source)) throw new Error(`the package is incomplete: no ${name} in ${root}`);
    return { source, target: `${slipwayFolder}/${name}` };
  });
}

/** List of the libraries that the bundled command holds. */
export function bundledLibrariesFile(): string {
  return path.join(packageRoot(), 'dist', 'cli', 'libraries.json');
}

/** The folder of the package, however deep this code stands in it once it is bundled. */
function packageRoot(): string {
  const start = path.dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'package.json')) && existsSync(path.join(folder, workerFile)))
      return folder;
    if (folder === path.dirname(folder)) throw new Error(`no package above ${start}`);
  }
}
