/** What stands in the files of a recipe, for the list of what is in an image. */
import { readFile } from 'node:fs/promises';
import type { FilesStep, ImageRecipe } from '../../contract/image-recipe.ts';
import type { LayerEntry } from '../oci/layer-entry.ts';
import { bundledLibraries } from './bundled-libraries.ts';
import { libraryComponent, type SbomComponent } from './create-sbom.ts';

/** Of `entries`, which a step of this name copies. `version` is Slipway's. */
export async function describeFiles(
  name: FilesStep['name'],
  entries: readonly LayerEntry[],
  recipe: ImageRecipe,
  version: string,
): Promise<readonly SbomComponent[]> {
  if (name === 'model') return [modelComponent(recipe)];
  if (name === 'packages') return npmPackages(entries);
  return [
    { type: 'application', name: 'slipway', version, purl: `pkg:npm/slipway@${version}` },
    ...(await bundledLibraries()),
  ];
}

/** Of Node that comes from an image of its own. */
export function nodeComponent(image: string): SbomComponent {
  return { type: 'application', name: 'node', version: image };
}

function modelComponent({ config: { labels } }: ImageRecipe): SbomComponent {
  const name = labels['org.mlflow.model.name'] ?? 'mlflow model';
  const version = labels['org.mlflow.model.version'] ?? labels['org.mlflow.model.uuid'];
  return {
    type: 'machine-learning-model',
    name,
    ...(version === undefined ? {} : { version }),
  };
}

async function npmPackages(entries: readonly LayerEntry[]): Promise<readonly SbomComponent[]> {
  const found: SbomComponent[] = [];
  for (const entry of entries) {
    if (entry.type !== 'file' || Buffer.isBuffer(entry.content)) continue;
    if (!/\/node_modules\/(?:@[^/]+\/)?[^/]+\/package\.json$/.test(entry.path)) continue;
    const { name, version, license } = JSON.parse(
      await readFile(entry.content.file, 'utf8'),
    ) as Record<string, string>;
    if (name === undefined || version === undefined) continue;
    const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
    found.push(libraryComponent({ name, version, purl, license }));
  }
  return found;
}
