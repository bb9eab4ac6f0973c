/** Media types of images. Sources: OCI image-spec 1.1, Docker image manifest v2 schema 2. */

/** Of OCI, which is what is written. */
export const ociTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
  layerGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  layerZstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  empty: 'application/vnd.oci.empty.v1+json',
} as const;

const dockerIndex = 'application/vnd.docker.distribution.manifest.list.v2+json';
const dockerManifest = 'application/vnd.docker.distribution.manifest.v2+json';

/** Documents that a registry is asked for. */
export const acceptedTypes: string = [
  ociTypes.index,
  ociTypes.manifest,
  dockerIndex,
  dockerManifest,
].join(', ');

/** True for a list of images. */
export function isIndexType(mediaType: string): boolean {
  return mediaType === ociTypes.index || mediaType === dockerIndex;
}

/** True for one image. */
export function isManifestType(mediaType: string): boolean {
  return mediaType === ociTypes.manifest || mediaType === dockerManifest;
}

const layerTypes: Readonly<Record<string, string>> = {
  [ociTypes.layer]: ociTypes.layer,
  [ociTypes.layerGzip]: ociTypes.layerGzip,
  [ociTypes.layerZstd]: ociTypes.layerZstd,
  'application/vnd.docker.image.rootfs.diff.tar': ociTypes.layer,
  'application/vnd.docker.image.rootfs.diff.tar.gzip': ociTypes.layerGzip,
  'application/vnd.docker.image.rootfs.diff.tar.zstd': ociTypes.layerZstd,
};

/** OCI's name for the type of a layer, whose bytes are the same under Docker's; null for one that cannot be passed on. */
export function layerTypeOf(mediaType: string): string | null {
  return layerTypes[mediaType] ?? null;
}
