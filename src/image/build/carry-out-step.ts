/** One step of a recipe → the files that it puts into the image, and what they are. */
import { stat } from 'node:fs/promises';
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
import type { BuildOciOptions } from './build-oci-image.ts';
import { collectEntries, foldersAbove } from './collect-entries.ts';
import type { SbomComponent } from './create-sbom.ts';
import { describeFiles, nodeComponent } from './describe-files.ts';
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
  const components = await describeFiles(name, entries, recipe, version);
  if (name !== 'runtime') return { entries, createdBy, components };
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
    components: [nodeComponent(image)],
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
