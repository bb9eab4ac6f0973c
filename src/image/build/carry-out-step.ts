/** One step of a recipe → the files that it puts into the image, and what they are. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type {
  FilesStep,
  ImageRecipe,
  NodeStep,
  RecipeStep,
  SystemPackagesStep,
} from '../../contract/image-recipe.ts';
import { slipwayError } from '../../errors/slipway-error.ts';
import type { BaseImage } from '../oci/base-image.ts';
import type { LayerEntry } from '../oci/layer-entry.ts';
import type { ImagePlatform } from '../oci/platform.ts';
import { openBase } from '../open-base.ts';
import { modelFolder } from '../recipe/container-config.ts';
import { bundledLibraries } from './bundled-libraries.ts';
import type { BuildOciOptions } from './build-oci-image.ts';
import { collectEntries, foldersAbove } from './collect-entries.ts';
import { libraryComponent, type SbomComponent } from './create-sbom.ts';
import { inspectBase } from './inspect-base.ts';
import { pythonLayer } from './python-layer.ts';
import { extractFile } from './scan-image.ts';

/** Where a step is carried out. */
export interface StepContext {
  readonly recipe: ImageRecipe;
  readonly platform: ImagePlatform;
  readonly base: BaseImage;
  readonly options: BuildOciOptions;
}

/** What a step puts into the image. */
export interface StepResult {
  readonly entries: readonly LayerEntry[];
  /** For the history. */
  readonly createdBy: string;
  readonly components: readonly SbomComponent[];
}

/** null where the base has it all already. @throws IMAGE_BUILD_FAILED and the codes of bases */
export async function carryOutStep(
  step: RecipeStep,
  context: StepContext,
): Promise<StepResult | null> {
  switch (step.kind) {
    case 'files':
      return copyFiles(step, context);
    case 'node':
      return copyNode(step, context);
    case 'system-packages':
      return checkPackages(step, context);
    case 'python':
      return pythonLayer(step, context);
    default:
      return step satisfies never;
  }
}

async function copyFiles(
  { name, files }: FilesStep,
  { options: { version }, recipe }: StepContext,
): Promise<StepResult> {
  const entries = await collectEntries(files);
  const createdBy = `slipway: ${name}`;
  if (name === 'model') {
    return { entries, createdBy, components: [modelComponent(recipe)] };
  }
  if (name === 'packages') return { entries, createdBy, components: await npmPackages(entries) };
  const components: readonly SbomComponent[] = [
    { type: 'application', name: 'slipway', version, purl: `pkg:npm/slipway@${version}` },
    ...(await bundledLibraries()),
  ];
  // A place to mount a model at: a read-only root has no other.
  return {
    entries: [...foldersAbove(`${modelFolder.slice(1)}/_`), ...entries],
    createdBy,
    components,
  };
}

async function copyNode(
  { image, file }: NodeStep,
  { platform, options }: StepContext,
): Promise<StepResult> {
  options.onProgress?.({ step: `taking Node from ${image}` });
  const target = path.join(options.workFolder, `node-${platform.architecture}`);
  const opened = await openBase(image, options.workFolder, options);
  try {
    await extractFile(await opened.forPlatform(platform), file, target);
  } finally {
    opened.close();
  }
  const { size: sizeBytes } = await stat(target);
  const entry: LayerEntry = {
    type: 'file',
    path: file.replace(/^\/+/, ''),
    mode: 0o755,
    content: { file: target, sizeBytes },
  };
  return {
    entries: [entry],
    createdBy: `slipway: Node of ${image}`,
    components: [{ type: 'application', name: 'node', version: image }],
  };
}

/** What is missing would have to be installed by running the base's own program. */
async function checkPackages(
  { packages, reason }: SystemPackagesStep,
  { base, recipe }: StepContext,
): Promise<null> {
  const { packages: there } = await inspectBase(base);
  const missing = packages.filter((name) => !there.has(name));
  if (missing.length === 0) return null;
  throw slipwayError(
    'IMAGE_BUILD_FAILED',
    `${recipe.base.name} lacks ${missing.join(' and ')} (${reason}), and this builder runs nothing: name a base that has it with --base-image, or use --builder docker, podman or buildah.`,
    { details: { missing } },
  );
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
