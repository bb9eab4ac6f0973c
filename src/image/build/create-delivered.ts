/** The daemonless way: layers, documents, the list of what is in them, and all of it to where it shall be. */
import type { ImageRecipe } from '../../contract/image-recipe.ts';
import type { ImageSet } from '../oci/image.ts';
import { parsePlatform } from '../oci/platform.ts';
import type { RegistryBaseOptions } from '../registry/registry-base.ts';
import { buildOciImage } from './build-oci-image.ts';
import { createSbom, sbomReferrer } from './create-sbom.ts';
import { deliverImage } from './deliver-image.ts';
import type { ImageNames } from './image-names.ts';
import type { ImageOutput } from './image-output.ts';
import { sourceDateSeconds } from './source-date.ts';
import { writeOutputFile } from './write-output-file.ts';

/** One image. */
export interface ImageOrder {
  readonly recipe: ImageRecipe;
  readonly names: ImageNames;
  readonly output: ImageOutput;
  readonly platforms: readonly string[];
  /** Empty, for what is needed until the image is delivered. */
  readonly workFolder: string;
  /** Of Slipway. */
  readonly version: string;
  readonly options: RegistryBaseOptions & { readonly sbomFile?: string };
}

/** What was delivered. */
export interface DeliveredImage {
  readonly digest: string;
  readonly size: { readonly ownBytes: number; readonly totalBytes: number };
}

/** Builds and delivers. @throws the codes of {@link buildOciImage} and {@link deliverImage} */
export async function createDelivered(order: ImageOrder): Promise<DeliveredImage> {
  const { recipe, names, output, workFolder, version, options } = order;
  const createdSeconds = sourceDateSeconds(options.environment);
  const { image, components, ownLayers } = await buildOciImage(recipe, {
    ...options,
    platforms: order.platforms.map((platform) => parsePlatform(platform)),
    workFolder,
    createdSeconds,
    version,
  });
  const sbom = createSbom(names.name, image.root.descriptor.digest, components, createdSeconds);
  if (options.sbomFile !== undefined) await writeOutputFile(options.sbomFile, sbom.bytes);
  const referrers = [sbomReferrer(image.root, sbom)];
  await deliverImage(output, { image, ...names, referrers, workFolder }, options);
  return { digest: image.root.descriptor.digest, size: sizeOfImage(image, ownLayers) };
}

function sizeOfImage({ images }: ImageSet, ownLayers: ReadonlySet<string>): DeliveredImage['size'] {
  const layers = (images[0]?.layers ?? []).map(({ descriptor }) => descriptor);
  const sum = (some: typeof layers): number => some.reduce((total, { size }) => total + size, 0);
  return {
    ownBytes: sum(layers.filter(({ digest }) => ownLayers.has(digest))),
    totalBytes: sum(layers),
  };
}
