/** An image that serves a model: recipe, builder, output. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BuildImageOptions, BuiltImage } from '../contract/build-image.ts';
import type { ImageRecipe, RecipeOptions } from '../contract/image-recipe.ts';
import { slipwayError } from '../errors/slipway-error.ts';
import { chooseBuilder } from '../image/build/choose-builder.ts';
import { type ContainerTool, findTool } from '../image/build/container-tools.ts';
import { type ImageNames, readImageNames } from '../image/build/image-names.ts';
import {
  defaultImageOutput,
  formatImageOutput,
  type ImageOutput,
  parseImageOutput,
} from '../image/build/image-output.ts';
import { createByTool } from '../image/build/create-by-tool.ts';
import { createDelivered, type ImageOrder } from '../image/build/create-delivered.ts';
import { writeOutputFile } from '../image/build/write-output-file.ts';
import { namedRegistry } from '../image/registry/image-reference.ts';
import { defaultPlatform } from '../image/recipe/platforms.ts';
import { slipwayVersion } from '../server/slipway-version.ts';
import type { ResolvedBackendOptions } from './backend-options.ts';
import { modelImage } from './model-image.ts';

/** What an image is called and how it is built. */
export interface ImageRequest {
  readonly imageName: string;
  readonly recipe: RecipeOptions;
  readonly build: BuildImageOptions;
}

/**
 * Builds the image and puts it where it shall be. Without a model it serves what is mounted at `/opt/ml/model`.
 *
 * @throws IMAGE_NAME_INVALID, IMAGE_NOT_FOUND, IMAGE_INVALID, IMAGE_BUILD_FAILED, BUILDER_UNAVAILABLE,
 *   REGISTRY_FAILED, REGISTRY_ACCESS_DENIED, OUTPUT_FILE_UNWRITABLE, INVALID_OPTION and the codes of {@link modelImage}
 */
export async function buildImage(
  modelUri: string | null,
  options: ResolvedBackendOptions,
  { imageName, recipe: recipeOptions, build }: ImageRequest,
): Promise<BuiltImage> {
  const names = readImageNames(imageName, build.tags ?? []);
  const asked = build.output === undefined ? null : parseImageOutput(build.output);
  if (asked?.kind === 'registry' && namedRegistry(names.name) === null) throw noHost(names);
  const { recipe: plain } = await modelImage(modelUri, options, recipeOptions);
  const recipe = withOwnSettings(plain, build);
  const builder = await chooseBuilder(recipe, build.builder ?? 'auto');
  const output = asked ?? (await chooseOutput(names, builder));
  const notes = [...recipe.notes, ...(asked === null ? noteOn(output, names) : [])];
  const platforms = recipeOptions.platforms ?? [defaultPlatform()];
  const work: BuildWork = { recipe, names, output, platforms, build, notes };
  const workFolder = await mkdtemp(path.join(tmpdir(), 'slipway-image-'));
  try {
    const built =
      builder === 'oci'
        ? await buildHere(work, workFolder)
        : await buildByTool(work, builder, workFolder);
    await writeDigest(built, build.digestFile);
    return built;
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

/** One build. */
interface BuildWork {
  readonly recipe: ImageRecipe;
  readonly names: ImageNames;
  readonly output: ImageOutput;
  readonly platforms: readonly string[];
  readonly build: BuildImageOptions;
  readonly notes: readonly string[];
}

async function buildHere(work: BuildWork, workFolder: string): Promise<BuiltImage> {
  const { digest, size } = await createDelivered(orderOf(work, workFolder));
  return { ...resultOf(work), digest, builder: 'oci', size, notes: work.notes };
}

async function buildByTool(
  work: BuildWork,
  tool: ContainerTool,
  workFolder: string,
): Promise<BuiltImage> {
  const { output, notes, build } = work;
  if (build.digestFile !== undefined && !['registry', 'oci'].includes(output.kind)) {
    throw noDigest(output, tool);
  }
  const digest = await createByTool(orderOf(work, workFolder), tool);
  return { ...resultOf(work), digest, builder: tool, size: null, notes };
}

function orderOf(work: BuildWork, workFolder: string): ImageOrder {
  const { names, output, platforms, build, recipe } = work;
  return {
    recipe,
    names,
    output,
    platforms,
    workFolder,
    version: slipwayVersion,
    options: {
      insecure: build.insecureRegistry ?? false,
      offline: build.offline ?? false,
      ...(build.sbomFile === undefined ? {} : { sbomFile: build.sbomFile }),
      ...(build.onProgress === undefined ? {} : { onProgress: build.onProgress }),
      ...(build.signal === undefined ? {} : { signal: build.signal }),
    },
  };
}

function resultOf({
  names,
  output,
  platforms,
}: BuildWork): Pick<BuiltImage, 'name' | 'tags' | 'output' | 'platforms'> {
  return { ...names, output: formatImageOutput(output), platforms };
}

/** What the user adds to how the container starts. */
function withOwnSettings(
  recipe: ImageRecipe,
  { labels = {}, user }: BuildImageOptions,
): ImageRecipe {
  const { config } = recipe;
  return {
    ...recipe,
    config: { ...config, labels: { ...config.labels, ...labels }, user: user ?? config.user },
  };
}

async function chooseOutput(
  { name }: ImageNames,
  builder: BuiltImage['builder'],
): Promise<ImageOutput> {
  const byName = defaultImageOutput(name, true);
  if (byName.kind === 'registry') return byName;
  if (builder === 'podman' || builder === 'buildah') return { kind: 'docker' };
  return defaultImageOutput(name, (await findTool(['docker', 'podman'])) !== null);
}

function noteOn(output: ImageOutput, { name }: ImageNames): readonly string[] {
  if (output.kind !== 'tar') return [];
  return [
    `${name} begins with no host of a registry, and no docker or podman is here: the image goes to ${output.file}`,
  ];
}

async function writeDigest({ digest }: BuiltImage, file: string | undefined): Promise<void> {
  if (file === undefined || digest === null) return;
  await writeOutputFile(file, `${digest}\n`);
}

/** What Docker would take for Docker Hub is more often a slip. */
function noHost({ name }: ImageNames): Error {
  return slipwayError(
    'INVALID_OPTION',
    `--output registry: '${name}' names no registry; write HOST/${name}, or docker.io/USER/${name} for Docker Hub.`,
  );
}

/** A store or an archive of docker's has manifests of its own: what is pushed from it has another digest. */
function noDigest(output: ImageOutput, tool: string): Error {
  return slipwayError(
    'INVALID_OPTION',
    `--digest-file: ${tool} knows no digest of an image in ${formatImageOutput(output)}; use --output registry or oci:FOLDER, or --builder oci.`,
  );
}
