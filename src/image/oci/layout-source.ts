/** An image in OCI's layout, in a folder or an archive. */
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import type { ContentSource } from './base-image.ts';
import { digestOf, hexOf } from './digest.ts';
import { parseDocument } from './documents.ts';
import { type FindPlace, type Place, readPlace } from './local-places.ts';
import { measureStream } from './measure-stream.ts';
import { ociTypes } from './media-types.ts';
import { createDocument, createFileBlob, type Descriptor } from './stored-blob.ts';

const tagAnnotation = 'org.opencontainers.image.ref.name';

/** What the index calls `tag`; with null, the only image in it. @throws IMAGE_NOT_FOUND */
export function rootIn(bytes: Buffer, tag: string | null, file: string): Descriptor {
  const { manifests } = parseDocument('index', createDocument(ociTypes.index, bytes));
  const named = manifests.filter(
    ({ annotations }) => tag === null || annotations?.[tagAnnotation] === tag,
  );
  const digests = new Set(named.map(({ digest }) => digest));
  const [first] = named;
  if (first !== undefined && digests.size === 1) {
    return { mediaType: first.mediaType, digest: first.digest, size: first.size };
  }
  const tags = manifests.map(({ annotations }) => annotations?.[tagAnnotation] ?? 'no tag');
  throw notFound(
    `${file} holds ${named.length === 0 ? 'no image' : 'several images'}${tag === null ? '' : ` called ${tag}`} (${tags.join(', ') || 'none'}): name one as oci:${file}:TAG`,
  );
}

/** Its content, every digest checked. */
export function layoutSource(file: string, find: FindPlace): ContentSource {
  const placeOf = async (digest: string): Promise<Place> => {
    const place = await find(`blobs/sha256/${hexOf(digest)}`);
    if (place === null) throw slipwayError('IMAGE_INVALID', `${file} has no ${digest}`);
    return place;
  };
  return {
    name: file,
    document: async ({ mediaType, digest }) => {
      const bytes = await readPlace(find, `blobs/sha256/${hexOf(digest)}`, file);
      if (digestOf(bytes) !== digest) throw otherContent(file, digest);
      return createDocument(mediaType, bytes);
    },
    blob: async (descriptor) => {
      const place = await placeOf(descriptor.digest);
      const blob = createFileBlob(descriptor, place.file, place.offset);
      const { digest } = await measureStream(await blob.open());
      if (digest !== descriptor.digest || place.sizeBytes !== descriptor.size) {
        throw otherContent(file, descriptor.digest);
      }
      return blob;
    },
  };
}

function otherContent(file: string, digest: string): SlipwayError {
  return slipwayError('IMAGE_INVALID', `${file} has other content under ${digest}`, {
    details: { file, digest },
  });
}

function notFound(message: string): SlipwayError {
  return slipwayError('IMAGE_NOT_FOUND', message);
}
