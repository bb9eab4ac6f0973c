/** Files of installed npm packages and of what they depend on, for an image: JavaScript and data, no types, maps or tests. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { RecipeFile } from '../../contract/image-recipe.ts';
import { slipwayError } from '../../errors/slipway-error.ts';

/** Only for commands, or for compilers. */
const unneeded: ReadonlySet<string> = new Set(['yargs', '@types/node']);

const wanted = /\.(js|cjs|mjs|json|proto)$/;

/**
 * Names the files of `names`, as they are found from the folder `start`; `modules` is the folder of packages in the
 * image. A package inside of another stays there: it is another version.
 *
 * @throws CAPABILITY_UNAVAILABLE where one is not installed here
 */
export function nodePackages(
  names: readonly string[],
  start: string,
  modules: string,
): readonly RecipeFile[] {
  const folders = new Map<string, string>();
  for (const name of names) collect(name, start, modules, folders);
  return Array.from(folders).flatMap(([folder, target]) =>
    filesBelow(folder, '').map((name) => ({
      source: path.join(folder, name),
      target: `${target}/${name}`,
    })),
  );
}

/** Adds the package and its dependencies: folder here → folder in the image. */
function collect(name: string, start: string, modules: string, folders: Map<string, string>): void {
  const found = findPackage(name, start);
  if (found === null) {
    throw slipwayError(
      'CAPABILITY_UNAVAILABLE',
      `The image needs the package ${name}, which is not installed here; add it with: npm install ${name}`,
      { details: { package: name } },
    );
  }
  if (folders.has(found.folder)) return;
  const parent = folders.get(found.parent);
  const target = parent === undefined ? `${modules}/${name}` : `${parent}/node_modules/${name}`;
  folders.set(found.folder, target);
  for (const dependency of dependenciesOf(found.folder)) {
    if (!unneeded.has(dependency)) collect(dependency, found.folder, modules, folders);
  }
}

interface FoundPackage {
  readonly folder: string;
  /** Folder whose `node_modules` holds it: another package where it is a version of its own. */
  readonly parent: string;
}

/** As Node looks for it: in the `node_modules` of the folder and of every folder above. */
function findPackage(name: string, start: string): FoundPackage | null {
  for (let parent = start; ; parent = path.dirname(parent)) {
    const folder = path.join(parent, 'node_modules', name);
    if (existsSync(path.join(folder, 'package.json'))) return { folder, parent };
    if (parent === path.dirname(parent)) return null;
  }
}

function dependenciesOf(folder: string): readonly string[] {
  const manifest: unknown = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  if (typeof manifest !== 'object' || manifest === null || !('dependencies' in manifest)) return [];
  const { dependencies } = manifest;
  return typeof dependencies === 'object' && dependencies !== null ? Object.keys(dependencies) : [];
}

function filesBelow(root: string, folder: string): readonly string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const name = path.posix.join(folder, entry.name);
      if (!entry.isDirectory()) return wanted.test(name) ? [name] : [];
      return /^(node_modules|tests?|deps)$/.test(entry.name) ? [] : filesBelow(root, name);
    })
    .toSorted();
}
