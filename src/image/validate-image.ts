/** Recomputes everything an image says of itself. Called by every test that makes one. */
import { slipwayError } from '../errors/slipway-error.ts';
import { openPlain } from './oci/open-plain.ts';
import { parseDocument } from './oci/documents.ts';
import type { Image, ImageSet } from './oci/image.ts';
import { measureStream } from './oci/measure-stream.ts';
import { isIndexType, isManifestType, ociTypes } from './oci/media-types.ts';
import { fitsPlatform, formatPlatform } from './oci/platform.ts';
import { readTarEntries } from './oci/read-tar-entries.ts';
import type { StoredBlob } from './oci/stored-blob.ts';

/**
 * Everything that is wrong with an image, one line each; none for a sound one.
 * @throws IMAGE_INVALID where a document cannot be read at all
 */
export async function findImageFaults(image: ImageSet): Promise<readonly string[]> {
  const perImage = await Promise.all(image.images.map((one) => faultsOfImage(one)));
  return [...(await faultsOfRoot(image)), ...perImage.flat()];
}

/**
 * Recomputes what an image says of itself: digests and sizes of every blob, diff ids of the layers, paths in them, and
 * whether index, manifests, configs and their histories agree.
 *
 * @example
 * await validateImage(await readImage('diabetes.tar'));
 * @throws IMAGE_INVALID with every fault
 */
export async function validateImage(image: ImageSet): Promise<void> {
  const faults = await findImageFaults(image);
  if (faults.length === 0) return;
  throw slipwayError('IMAGE_INVALID', `The image is not sound: ${faults.join('; ')}`, {
    details: { faults },
  });
}

async function faultsOfRoot({ root, images }: ImageSet): Promise<readonly string[]> {
  const own = await faultsOfBlob(root);
  const { mediaType, digest } = root.descriptor;
  if (isManifestType(mediaType)) {
    const only = images.length === 1 && images[0]?.manifest.descriptor.digest === digest;
    return only ? own : [...own, 'the root is a manifest, but not that of the only image'];
  }
  if (!isIndexType(mediaType)) return [...own, `the root is a ${mediaType}`];
  const named = parseDocument('index', root).manifests;
  const expected = images.map(({ manifest }) => manifest.descriptor);
  const missing = expected
    .filter((one) => !named.some((entry) => entry.digest === one.digest && entry.size === one.size))
    .map((one) => `the index does not name ${one.digest}`);
  const platforms = named.map((entry) =>
    entry.platform
      ? `${entry.platform.os}/${entry.platform.architecture}/${entry.platform.variant ?? ''}`
      : entry.digest,
  );
  const twice =
    new Set(platforms).size === platforms.length ? [] : ['the index names a platform twice'];
  return [...own, ...missing, ...twice];
}

async function faultsOfImage(image: Image): Promise<readonly string[]> {
  const { manifest, config, layers, platform } = image;
  const documents = await Promise.all([faultsOfBlob(manifest), faultsOfBlob(config)]);
  const named = parseDocument('manifest', manifest);
  const settings = parseDocument('config', config);
  const faults = documents.flat();
  if (named.config.digest !== config.descriptor.digest)
    faults.push('the manifest names another config');
  if (named.config.size !== config.descriptor.size)
    faults.push('the manifest gives the config another size');
  const listed = named.layers.map(
    ({ digest, size, mediaType }) => `${digest} ${size} ${mediaType}`,
  );
  const there = layers.map(({ descriptor: one }) => `${one.digest} ${one.size} ${one.mediaType}`);
  if (listed.join() !== there.join()) faults.push('the manifest names other layers');
  const { diff_ids: diffIds } = settings.rootfs;
  if (diffIds.length !== layers.length)
    faults.push(`${layers.length} layers, ${diffIds.length} diff ids`);
  const filled = settings.history?.filter((entry) => entry.empty_layer !== true).length;
  if (filled !== undefined && filled !== layers.length) {
    faults.push(`${layers.length} layers, ${filled} of them in the history`);
  }
  const { os, architecture, variant } = settings;
  const own = { os, architecture, ...(variant === undefined ? {} : { variant }) };
  if (!fitsPlatform(own, platform)) {
    faults.push(`the config is for ${formatPlatform(own)}, not ${formatPlatform(platform)}`);
  }
  for (const [at, layer] of layers.entries()) {
    faults.push(...(await faultsOfLayer(layer, diffIds[at])));
  }
  return faults;
}

async function faultsOfLayer(
  layer: StoredBlob,
  diffId: string | undefined,
): Promise<readonly string[]> {
  const { digest, mediaType } = layer.descriptor;
  const own = await faultsOfBlob(layer);
  // Zstandard came to Node after version 20: such layers are a base's, and their registry checks them.
  if (own.length > 0 || mediaType === ociTypes.layerZstd) return own;
  const plain = await openPlain(layer);
  const { digest: found } = await measureStream(plain).catch((cause: unknown) => ({
    digest: String(cause),
  }));
  if (found !== diffId) return [`layer ${digest} holds ${found}, the config says ${diffId}`];
  return faultsOfPaths(layer);
}

/** Programs that unpack layers refuse a path that comes twice, or that leads out. */
async function faultsOfPaths(layer: StoredBlob): Promise<readonly string[]> {
  const faults: string[] = [];
  const seen = new Set<string>();
  const stream = await openPlain(layer);
  for await (const { path } of readTarEntries(stream)) {
    if (seen.has(path)) faults.push(`layer ${layer.descriptor.digest} has ${path} twice`);
    if (path.startsWith('/') || path.split('/').includes('..')) {
      faults.push(`layer ${layer.descriptor.digest} has the path ${path}`);
    }
    seen.add(path);
  }
  return faults;
}

async function faultsOfBlob(blob: StoredBlob): Promise<readonly string[]> {
  const { digest, size } = blob.descriptor;
  const found = await measureStream(await blob.open());
  return [
    ...(found.digest === digest ? [] : [`${digest} has content of ${found.digest}`]),
    ...(found.size === size ? [] : [`${digest} has ${found.size} bytes, not ${size}`]),
  ];
}
