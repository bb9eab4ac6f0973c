/** A layer as the archive that it was before it was compressed. */
import type { Readable } from 'node:stream';
import zlib, { createGunzip } from 'node:zlib';
import { slipwayError } from '../../errors/slipway-error.ts';
import { ociTypes } from './media-types.ts';
import type { StoredBlob } from './stored-blob.ts';

/** @throws IMAGE_BUILD_FAILED for Zstandard under a Node that has none */
export async function openPlain(layer: StoredBlob): Promise<Readable> {
  const stream = await layer.open();
  const unpack = unpackerOf(layer.descriptor.mediaType);
  if (unpack === null) return stream;
  stream.once('error', (cause) => unpack.destroy(cause));
  unpack.once('close', () => stream.destroy());
  return stream.pipe(unpack);
}

function unpackerOf(mediaType: string): zlib.Gunzip | null {
  if (mediaType === ociTypes.layerGzip) return createGunzip();
  if (mediaType !== ociTypes.layerZstd) return null;
  if ('createZstdDecompress' in zlib) {
    return (zlib.createZstdDecompress as () => zlib.Gunzip)();
  }
  throw slipwayError(
    'IMAGE_BUILD_FAILED',
    'The base has layers in Zstandard, which Node before 22.15 cannot look into: use a newer Node, or --builder docker, podman or buildah.',
  );
}
