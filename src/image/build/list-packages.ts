/** Which Python packages stand in a folder, by what their installers left of them. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { libraryComponent, type SbomComponent } from './create-sbom.ts';

/** The packages, by name. */
export async function listPackages(folder: string): Promise<readonly SbomComponent[]> {
  const found: SbomComponent[] = [];
  for (const entry of (await readdir(folder)).toSorted()) {
    if (!entry.endsWith('.dist-info')) continue;
    const text = await readFile(path.join(folder, entry, 'METADATA'), 'utf8').catch(() => '');
    found.push(...parseMetadata(text));
  }
  return found;
}

/** The package that a METADATA file describes; none where it names no package. */
export function parseMetadata(text: string): readonly SbomComponent[] {
  const [head = ''] = text.split(/\r?\n\r?\n/);
  const read = (field: string): string | undefined =>
    new RegExp(`^${field}: *(.+)$`, 'im').exec(head)?.[1]?.trim();
  const [name, version, license] = [read('Name'), read('Version'), read('License-Expression')];
  if (name === undefined || version === undefined) return [];
  const purl = `pkg:pypi/${name.toLowerCase().replaceAll(/[-_.]+/g, '-')}@${version}`;
  return [libraryComponent({ name, version, purl, license })];
}
