/** What a base brings: its interpreters and the packages of its distribution. */
import type { BaseImage } from '../oci/base-image.ts';
import type { TarEntry } from '../oci/read-tar-entries.ts';
import { scanImage } from './scan-image.ts';

/** What was found. */
export interface BaseContents {
  /** Absolute paths of programs called `python3.11`, by their versions: `3.11`. */
  readonly pythons: ReadonlyMap<string, string>;
  /** Names of Debian's packages. */
  readonly packages: ReadonlySet<string>;
}

const pythonPath = /^(?:usr\/local\/bin|usr\/bin|opt\/conda\/bin)\/python(3\.\d+)$/;
const packageLists = /^var\/lib\/dpkg\/(?:status|status\.d\/[^/]+)$/;

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
  const parts: Buffer[] = [];
  for await (const part of entry.content()) parts.push(part);
  const paragraphs = Buffer.concat(parts).toString('utf8').split(/\n\n+/);
  return paragraphs
    .filter((text) => !/^Status: (?!install ok installed)/m.test(text))
    .flatMap((text) => /^Package: (\S+)/m.exec(text)?.[1] ?? []);
}
