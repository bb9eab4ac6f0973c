/** Recipe → image, without a daemon and without running anything in it: each step becomes a layer upon the base. */
import path from 'node:path';
import type { ImageRecipe, RecipeStep } from '../../contract/image-recipe.ts';
import type { OnProgress } from '../../contract/runtime.ts';
import { assembleImage, assembleSet } from '../oci/assemble-image.ts';
import type { BaseImage } from '../oci/base-image.ts';
import { formatSize } from '../oci/format-size.ts';
import type { Image, ImageSet } from '../oci/image.ts';
import { formatPlatform, type ImagePlatform } from '../oci/platform.ts';
import { type Layer, writeLayer } from '../oci/write-layer.ts';
import { openBase } from '../open-base.ts';
import type { RegistryBaseOptions } from '../registry/registry-base.ts';
import { carryOutStep, type StepResult } from './carry-out-step.ts';
import type { SbomComponent } from './create-sbom.ts';
import { environmentConfig } from './python-layer.ts';

/** Options of {@link buildOciImage}. */
export interface BuildOciOptions extends RegistryBaseOptions {
  /** At least one. */
  readonly platforms: readonly ImagePlatform[];
  /** For layers until they are delivered. */
  readonly workFolder: string;
  /** The only time in the image. */
  readonly createdSeconds: number;
  /** Of Slipway. */
  readonly version: string;
}

/** What was built. */
export interface OciBuild {
  /** Its own layers stand in the work folder, those of the base where they are. */
  readonly image: ImageSet;
  readonly components: readonly SbomComponent[];
  /** Digests of the layers that are not the base's. */
  readonly ownLayers: ReadonlySet<string>;
}

/** A layer and what is in it. */
type BuiltStep = Omit<StepResult, 'entries'> & { readonly layer: Layer };

/**
 * Builds the image.
 * @throws IMAGE_BUILD_FAILED, and the codes of {@link openBase}
 */
export async function buildOciImage(
  recipe: ImageRecipe,
  options: BuildOciOptions,
): Promise<OciBuild> {
  const opened = await openBase(recipe.base.name, options.workFolder, options);
  const build = new Build(recipe, options);
  try {
    const images: Image[] = [];
    for (const platform of options.platforms) {
      images.push(await build.forPlatform(platform, await opened.forPlatform(platform)));
    }
    const image = assembleSet(images, recipe.config.labels);
    return { image, components: [...build.components.values()], ownLayers: build.ownLayers };
  } finally {
    opened.close();
  }
}

class Build {
  readonly components = new Map<string, SbomComponent>();
  readonly ownLayers = new Set<string>();
  readonly #recipe: ImageRecipe;
  readonly #options: BuildOciOptions;
  /** Steps that are the same for every platform. */
  readonly #shared = new Map<RecipeStep, BuiltStep>();
  #layerCount = 0;

  constructor(recipe: ImageRecipe, options: BuildOciOptions) {
    this.#recipe = recipe;
    this.#options = options;
  }

  async forPlatform(platform: ImagePlatform, base: BaseImage): Promise<Image> {
    const recipe = this.#recipe;
    const { createdSeconds } = this.#options;
    this.#noteBase(base);
    const layers: Layer[] = [];
    for (const step of recipe.steps) {
      const built = await this.#carryOut(step, platform, base);
      if (built === null) continue;
      layers.push(built.layer);
      this.ownLayers.add(built.layer.blob.descriptor.digest);
      for (const one of built.components) {
        this.components.set(one.purl ?? `${one.type} ${one.name}`, one);
      }
    }
    const config = environmentConfig(recipe);
    const annotations = config.labels;
    return assembleImage({ platform, base, layers, config, annotations, createdSeconds });
  }

  /** null where nothing needs to be done. */
  async #carryOut(
    step: RecipeStep,
    platform: ImagePlatform,
    base: BaseImage,
  ): Promise<BuiltStep | null> {
    const isOther = step.kind === 'files' && (step.platform ?? '') !== '';
    if (isOther && step.platform !== formatPlatform(platform)) return null;
    const known = this.#shared.get(step);
    if (known !== undefined) return known;
    const recipe = this.#recipe;
    const result = await carryOutStep(step, { recipe, platform, base, options: this.#options });
    if (result === null) return null;
    const { entries, ...rest } = result;
    const { workFolder, createdSeconds: mtimeSeconds } = this.#options;
    const file = path.join(workFolder, `layer-${this.#layerCount++}`);
    const { createdBy } = rest;
    const layer = await writeLayer(entries, { file, createdBy, mtimeSeconds });
    report(this.#options.onProgress, layer);
    const built = { ...rest, layer };
    if (step.kind === 'files') this.#shared.set(step, built);
    return built;
  }

  #noteBase({ name, digest }: BaseImage): void {
    if (digest === null) return;
    const component: SbomComponent = {
      type: 'container',
      name: name ?? 'base',
      version: digest,
      sha256: digest.slice('sha256:'.length),
    };
    this.components.set(`base ${digest}`, component);
  }
}

function report(onProgress: OnProgress | undefined, { blob, createdBy }: Layer): void {
  const { digest, size } = blob.descriptor;
  const name = createdBy.replace(/^slipway: /, '');
  onProgress?.({ step: `layer ${digest.slice(7, 19)}, ${name}: ${formatSize(size)}` });
}
