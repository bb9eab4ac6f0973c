/** The image that another is built upon: found in an index by its platform, its documents checked. */
import { slipwayError } from '../../errors/slipway-error.ts';
import { type ImageConfig, type NamedContent, parseDocument } from './documents.ts';
import { isIndexType, isManifestType, layerTypeOf } from './media-types.ts';
import { fitsPlatform, formatPlatform, type ImagePlatform } from './platform.ts';
import type { Descriptor, StoredBlob, StoredDocument } from './stored-blob.ts';

/** A base, for one platform. */
export interface BaseImage {
  /** As images that are built upon it call it; null for nothing at all. */
  readonly name: string | null;
  /** Digest of its manifest. */
  readonly digest: string | null;
  readonly config: ImageConfig;
  readonly layers: readonly StoredBlob[];
}

/** A base, for every platform that it has. */
export interface OpenedBase {
  forPlatform(platform: ImagePlatform): Promise<BaseImage>;
  close(): void;
}

/** Where the content of an image stands. */
export interface ContentSource {
  /** For messages. */
  readonly name: string;
  /** A document, its digest checked. */
  document(descriptor: Descriptor): Promise<StoredDocument>;
  /** Content that is checked when it is first read. */
  blob(descriptor: Descriptor): Promise<StoredBlob>;
}

/** Nothing: an image of our layers alone. */
export function scratchBase(platform: ImagePlatform): BaseImage {
  const config: ImageConfig = { ...platform, rootfs: { type: 'layers', diff_ids: [] } };
  return { name: null, digest: null, config, layers: [] };
}

/**
 * The image for `platform` that `root`, a manifest or an index, leads to.
 * @throws IMAGE_NOT_FOUND, IMAGE_INVALID, and what the source throws
 */
export async function readBaseImage(
  root: StoredDocument,
  source: ContentSource,
  platform: ImagePlatform,
): Promise<BaseImage> {
  const document = await findManifest(root, source, platform);
  const manifest = parseDocument('manifest', document);
  const configDocument = await source.document(descriptorOf(manifest.config));
  const config = parseDocument('config', configDocument);
  if (!fitsPlatform(platformIn(config), platform)) throw otherPlatform(source, platform, [config]);
  if (config.rootfs.diff_ids.length !== manifest.layers.length) {
    throw invalid(source, 'its config does not know as many layers as its manifest has');
  }
  const layers = await Promise.all(
    manifest.layers.map((layer) => {
      const mediaType = layerTypeOf(layer.mediaType);
      if (mediaType === null) throw invalid(source, `it has a layer of type ${layer.mediaType}`);
      return source.blob({ ...descriptorOf(layer), mediaType });
    }),
  );
  return { name: source.name, digest: document.descriptor.digest, config, layers };
}

async function findManifest(
  root: StoredDocument,
  source: ContentSource,
  platform: ImagePlatform,
): Promise<StoredDocument> {
  const { mediaType } = root.descriptor;
  if (isManifestType(mediaType)) return root;
  if (!isIndexType(mediaType)) throw invalid(source, `it is a ${mediaType}`);
  const { manifests } = parseDocument('index', root);
  const named = manifests.filter((entry) => isManifestType(entry.mediaType));
  const found =
    named.find((entry) => entry.platform && fitsPlatform(platformIn(entry.platform), platform)) ??
    (named.length === 1 && named[0]?.platform == null ? named[0] : undefined);
  if (found !== undefined) return source.document(descriptorOf(found));
  throw otherPlatform(
    source,
    platform,
    named.flatMap((entry) => entry.platform ?? []),
  );
}

function descriptorOf({ mediaType, digest, size }: NamedContent): Descriptor {
  return { mediaType, digest, size };
}

function platformIn(named: {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
}): ImagePlatform {
  const { os, architecture, variant } = named;
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
}

function otherPlatform(
  { name }: ContentSource,
  platform: ImagePlatform,
  offered: Parameters<typeof platformIn>[0][],
): Error {
  const wanted = formatPlatform(platform);
  const others = offered
    .map((one) => formatPlatform(platformIn(one)))
    .filter((one) => !/unknown/.test(one));
  return slipwayError(
    'IMAGE_NOT_FOUND',
    `${name} has no image for ${wanted}; it has ${others.join(', ') || 'none'}`,
    { details: { name, platform: wanted, offered: others } },
  );
}

function invalid({ name }: ContentSource, reason: string): Error {
  return slipwayError('IMAGE_INVALID', `${name} cannot be built upon: ${reason}`, {
    details: { name },
  });
}
