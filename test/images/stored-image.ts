/** What a fake registry holds under a tag, as an image that can be validated. */
import { parseDocument } from '../../src/image/oci/documents.ts';
import type { Image, ImageSet } from '../../src/image/oci/image.ts';
import { isIndexType } from '../../src/image/oci/media-types.ts';
import {
  createDocument,
  type Descriptor,
  type StoredBlob,
  type StoredDocument,
} from '../../src/image/oci/stored-blob.ts';
import type { FakeRegistry } from './fake-registry.ts';

/** The image; null when there is none under the tag. */
export function storedImage(
  registry: FakeRegistry,
  repository: string,
  tag: string,
): ImageSet | null {
  const found = registry.manifests.get(`${repository}@${tag}`);
  if (found === undefined) return null;
  const root = createDocument(found.type, found.bytes);
  if (!isIndexType(found.type)) return { root, images: [imageOf(registry, root)] };
  const images = parseDocument('index', root).manifests.map(({ digest }) => {
    const manifest = registry.manifests.get(`${repository}@${digest}`);
    if (manifest === undefined) throw new Error(`${digest} is not there`);
    return imageOf(registry, createDocument(manifest.type, manifest.bytes));
  });
  return { root, images };
}

function imageOf(registry: FakeRegistry, manifest: StoredDocument): Image {
  const { config, layers } = parseDocument('manifest', manifest);
  const configDocument = createDocument(config.mediaType, registry.blobs.get(config.digest) ?? '');
  const { os, architecture } = parseDocument('config', configDocument);
  return {
    platform: { os, architecture },
    manifest,
    config: configDocument,
    layers: layers.map(({ mediaType, digest, size }) =>
      blobOf(registry, { mediaType, digest, size }),
    ),
  };
}

/** Claims what the manifest claims: whether it is true is for validateImage to find out. */
function blobOf(registry: FakeRegistry, descriptor: Descriptor): StoredBlob {
  const bytes = registry.blobs.get(descriptor.digest) ?? Buffer.alloc(0);
  return { ...createDocument('', bytes), descriptor };
}
