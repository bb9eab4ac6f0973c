/** An image that was written to this disk, for whoever wants to validate it. */
import type { ContentSource } from './oci/base-image.ts';
import { parseDocument } from './oci/documents.ts';
import type { Image, ImageSet } from './oci/image.ts';
import { layoutSource, rootIn } from './oci/layout-source.ts';
import { openPlaces, readPlace } from './oci/local-places.ts';
import { isIndexType } from './oci/media-types.ts';
import type { StoredDocument } from './oci/stored-blob.ts';

/**
 * Reads an OCI layout (a folder) or an archive of one, as `build-docker --output` writes them.
 * @param tag which image of several. Default: the only one
 * @throws IMAGE_NOT_FOUND, IMAGE_INVALID
 */
export async function readImage(file: string, tag: string | null = null): Promise<ImageSet> {
  const find = await openPlaces(file);
  const source = layoutSource(file, find);
  const root = await source.document(rootIn(await readPlace(find, 'index.json', file), tag, file));
  if (!isIndexType(root.descriptor.mediaType)) {
    return { root, images: [await readOne(root, source)] };
  }
  const { manifests } = parseDocument('index', root);
  const images = manifests.map(async ({ mediaType, digest, size }) =>
    readOne(await source.document({ mediaType, digest, size }), source),
  );
  return { root, images: await Promise.all(images) };
}

async function readOne(manifest: StoredDocument, source: ContentSource): Promise<Image> {
  const { config: named, layers } = parseDocument('manifest', manifest);
  const { mediaType, digest, size } = named;
  const config = await source.document({ mediaType, digest, size });
  const { os, architecture, variant } = parseDocument('config', config);
  return {
    platform: { os, architecture, ...(variant === undefined ? {} : { variant }) },
    manifest,
    config,
    layers: await Promise.all(
      layers.map((layer) =>
        source.blob({ mediaType: layer.mediaType, digest: layer.digest, size: layer.size }),
      ),
    ),
  };
}
