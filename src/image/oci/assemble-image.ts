/** Base + layers + configuration → the documents of an image. The same input gives the same bytes. */
import type { ContainerConfig } from '../../contract/image-recipe.ts';
import { startConfig } from './start-config.ts';
import type { BaseImage } from './base-image.ts';
import type { ImageConfig } from './documents.ts';
import type { Image, ImageSet } from './image.ts';
import { ociTypes } from './media-types.ts';
import { formatPlatform, type ImagePlatform } from './platform.ts';
import { createDocument } from './stored-blob.ts';
import type { Layer } from './write-layer.ts';

/** What an image for one platform is made of. */
export interface ImageParts {
  readonly platform: ImagePlatform;
  readonly base: BaseImage;
  readonly layers: readonly Layer[];
  readonly config: ContainerConfig;
  readonly annotations: Readonly<Record<string, string>>;
  /** The only time in the documents. */
  readonly createdSeconds: number;
}

/** Puts the documents together. */
export function assembleImage(parts: ImageParts): Image {
  const { platform, base, layers, annotations, createdSeconds } = parts;
  const config = createDocument(ociTypes.config, JSON.stringify(configOf(parts)));
  const allLayers = [...base.layers, ...layers.map(({ blob }) => blob)];
  const manifest = createDocument(
    ociTypes.manifest,
    JSON.stringify({
      schemaVersion: 2,
      mediaType: ociTypes.manifest,
      config: config.descriptor,
      layers: allLayers.map(({ descriptor }) => descriptor),
      annotations: sortKeys({
        'org.opencontainers.image.created': isoTime(createdSeconds),
        ...baseAnnotations(base),
        ...annotations,
      }),
    }),
    { platform },
  );
  return { platform, manifest, config, layers: allLayers };
}

/** One image as it is; several under an index. */
export function assembleSet(
  images: readonly Image[],
  annotations: Readonly<Record<string, string>>,
): ImageSet {
  const [only] = images;
  if (images.length === 1 && only !== undefined) return { root: only.manifest, images };
  const manifests = images
    .toSorted((a, b) => (formatPlatform(a.platform) < formatPlatform(b.platform) ? -1 : 1))
    .map(({ manifest }) => manifest.descriptor);
  const document = {
    schemaVersion: 2,
    mediaType: ociTypes.index,
    manifests,
    annotations: sortKeys(annotations),
  };
  return { root: createDocument(ociTypes.index, JSON.stringify(document)), images };
}

function configOf({ platform, base, layers, config, createdSeconds }: ImageParts): ImageConfig {
  const created = isoTime(createdSeconds);
  const { history, rootfs, config: start, ...rest } = withoutTraces(base.config);
  return {
    ...rest,
    ...platform,
    created,
    config: startConfig(start ?? {}, config),
    rootfs: {
      type: 'layers',
      diff_ids: [...rootfs.diff_ids, ...layers.map(({ diffId }) => diffId)],
    },
    history: [
      ...(history ?? rootfs.diff_ids.map(() => ({ created_by: 'the base image' }))),
      ...layers.map(({ createdBy }) => ({ created, created_by: createdBy })),
      { created, created_by: 'slipway: how the container starts', empty_layer: true },
    ],
  };
}

/** Who built the base, where, and with what says nothing of our image. */
function withoutTraces(config: ImageConfig): ImageConfig {
  const traces = ['author', 'container', 'container_config', 'docker_version', 'id', 'parent'];
  const kept = Object.entries(config).filter(([name]) => !traces.includes(name));
  return Object.fromEntries(kept) as unknown as ImageConfig;
}

function baseAnnotations({ name, digest }: BaseImage): Readonly<Record<string, string>> {
  return {
    ...(name === null ? {} : { 'org.opencontainers.image.base.name': name }),
    ...(digest === null ? {} : { 'org.opencontainers.image.base.digest': digest }),
  };
}

function isoTime(seconds: number): string {
  return new Date(1000 * seconds).toISOString().replace('.000Z', 'Z');
}

/** By their names, whoever put them in. */
export function sortKeys(
  record: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
