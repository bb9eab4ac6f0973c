/** What a base brings: its interpreters and the packages of its distribution. */
import type { BaseImage } from '../oci/base-image.ts';
import type { TarEntry } from '../oci/read-tar-entries.ts';
import { scanImage, textOf } from './scan-image.ts';

/** What was found. */
export interface BaseContents {
  /** Absolute paths of programs called `python3.11`, by their versions: `3.11`. */
  readonly pythons: ReadonlyMap<string, string>;
  /** Names of Debian's packages. */
  readonly packages: ReadonlySet<string>;
}

const pythonPath = /^(?:usr\/local\/bin|usr\/bin|opt\/conda\/bin)\/python(3\.\d+)$/;
/** Where Debian's lists of packages are. */
export const packageLists: RegExp = /^var\/lib\/dpkg\/(?:status|status\.d\/[^/]+)$/;

/** Reads every layer once. */
export async function inspectBase(base: BaseImage): Promise<BaseContents> {
  const pythons = new Map<string, string>();
  const packages = new Set<string>();
  const read = new Set<string>();
  await scanImage(base, async (entry) => {
    const [, version] = pythonPath.exec(entry.path) ?? [];
    if (version !== undefined && !pythons.has(version)) pythons.set(version, `/${entry.path}`);
    // What a later layer has replaced was seen first.
    if (packageLists.test(entry.path) && !read.has(entry.path)) {
      read.add(entry.path);
      for (const name of await packagesIn(entry)) packages.add(name);
    }
    return false;
  });
  return { pythons, packages };
}

async function packagesIn(entry: TarEntry): Promise<readonly string[]> {
  return parsePackageLists(await textOf(entry)).map(({ name }) => name);
}

/** Packages of Debian that a status file says are installed. */
export function parsePackageLists(
  text: string,
): readonly { readonly name: string; readonly version: string }[] {
  return text
    .split(/\n\n+/)
    .filter((paragraph) => !/^Status: (?!install ok installed)/m.test(paragraph))
    .flatMap((paragraph) => {
      const name = /^Package: (\S+)/m.exec(paragraph)?.[1];
      const version = /^Version: (\S+)/m.exec(paragraph)?.[1] ?? '';
      return name === undefined ? [] : [{ name, version }];
    });
}
