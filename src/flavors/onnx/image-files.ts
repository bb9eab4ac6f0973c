/** The files of onnxruntime-node that an image needs: its JavaScript and the library of one platform, 46 of 290 MB. */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Platform, RecipeFile } from '../../contract/image-recipe.ts';
import { bindingPath, missingRuntime } from './load-runtime.ts';

const binaries = 'bin/napi-v6/linux';
const architectures: Readonly<Record<Platform, string>> = {
  'linux/amd64': 'x64',
  'linux/arm64': 'arm64',
};

/**
 * Names them, with their places below the folder `modules` of the image.
 *
 * @throws MODEL_NOT_NATIVE where the package is not installed here
 */
export function imageFiles(platform: Platform, modules: string): readonly RecipeFile[] {
  const binding = bindingPath();
  if (binding === null) throw missingRuntime();
  const node = path.dirname(path.dirname(binding));
  const common = path.dirname(
    path.dirname(path.dirname(createRequire(binding).resolve('onnxruntime-common'))),
  );
  return [
    ...filesOf(common, `${modules}/onnxruntime-common`, ['dist/cjs']),
    ...filesOf(node, `${modules}/onnxruntime-node`, [
      'dist',
      `${binaries}/${architectures[platform]}`,
    ]),
  ];
}

/** The manifest and folders of a package, without type declarations and source maps. */
function filesOf(root: string, target: string, folders: readonly string[]): readonly RecipeFile[] {
  const names = ['package.json', ...folders.flatMap((folder) => filesBelow(root, folder))];
  return names.map((name) => ({ source: path.join(root, name), target: `${target}/${name}` }));
}

function filesBelow(root: string, folder: string): readonly string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const name = `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(root, name) : [name];
    })
    .filter((name) => !/\.(d\.ts|map)$/.test(name))
    .toSorted();
}
