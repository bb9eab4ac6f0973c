/** A whole image, for one platform or several, wherever its content stands. */
import type { ImagePlatform } from './platform.ts';
import type { StoredBlob, StoredDocument } from './stored-blob.ts';

/** An image for one platform. */
export interface Image {
  readonly platform: ImagePlatform;
  readonly manifest: StoredDocument;
  readonly config: StoredDocument;
  /** In the manifest's order: the base's first. */
  readonly layers: readonly StoredBlob[];
}

/** What a name leads to: one image, or an index of several. */
export interface ImageSet {
  /** The manifest of the only image, or the index. */
  readonly root: StoredDocument;
  readonly images: readonly Image[];
}

/** An artifact whose subject is an image: an SBOM. */
export interface Referrer {
  readonly manifest: StoredDocument;
  readonly blobs: readonly StoredBlob[];
}

/** Every blob of the set once: layers, then configs. */
export function blobsOf({ images }: ImageSet): readonly StoredBlob[] {
  const all = [...images.flatMap(({ layers }) => layers), ...images.map(({ config }) => config)];
  return [...new Map(all.map((blob) => [blob.descriptor.digest, blob])).values()];
}

/** Every document of the set in the order in which a registry takes them: the root is last. */
export function documentsOf({ root, images }: ImageSet): readonly StoredDocument[] {
  const all = [...images.map(({ manifest }) => manifest), root];
  return [...new Map(all.map((document) => [document.descriptor.digest, document])).values()];
}
