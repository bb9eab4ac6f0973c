import { parseDocument } from '../oci/documents.ts';
import { isIndexType, ociTypes } from '../oci/media-types.ts';
import { createDocument, type StoredDocument } from '../oci/stored-blob.ts';

/** The index of a fallback tag with `manifest` in it, in place of an older one of its type. */
export function addReferrer(
  index: StoredDocument | null,
  { descriptor }: StoredDocument,
): StoredDocument {
  const listed =
    index !== null && isIndexType(index.descriptor.mediaType)
      ? parseDocument('index', index).manifests
      : [];
  const others = listed.filter(({ digest }) => digest !== descriptor.digest);
  const document = {
    schemaVersion: 2,
    mediaType: ociTypes.index,
    manifests: [...others, descriptor],
  };
  return createDocument(ociTypes.index, JSON.stringify(document));
}
