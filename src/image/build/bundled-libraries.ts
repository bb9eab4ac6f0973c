import { readFile } from 'node:fs/promises';
import { bundledLibrariesFile } from '../recipe/package-files.ts';
import type { SbomComponent } from './create-sbom.ts';

/** The libraries inside the bundled command, as the build of Slipway listed them. */
export async function bundledLibraries(): Promise<readonly SbomComponent[]> {
  const text = await readFile(bundledLibrariesFile(), 'utf8');
  const listed = JSON.parse(text) as readonly Record<'name' | 'version' | 'license', string>[];
  return listed.map(({ name, version, license }) => ({
    type: 'library',
    name,
    version,
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    license,
  }));
}
