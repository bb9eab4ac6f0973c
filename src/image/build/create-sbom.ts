/** What is in an image, as a CycloneDX document: the base, Slipway, the packages, the model. Source: CycloneDX 1.6. */
import { createHash } from 'node:crypto';
import type { Referrer } from '../oci/image.ts';
import { ociTypes } from '../oci/media-types.ts';
import { createDocument, type StoredDocument } from '../oci/stored-blob.ts';

/** Media type of the document. */
export const sbomType = 'application/vnd.cyclonedx+json';

/** One thing in the image. */
export interface SbomComponent {
  readonly type: 'application' | 'container' | 'library' | 'machine-learning-model';
  readonly name: string;
  readonly version?: string;
  /** Package URL. */
  readonly purl?: string;
  /** SHA-256 in hex, where there is one. */
  readonly sha256?: string;
  /** SPDX expression. */
  readonly license?: string;
}

/** A package that was found in an image. */
export interface FoundPackage {
  readonly name: string;
  readonly version: string;
  /** Package URL. */
  readonly purl: string;
  /** SPDX expression, where it states one. */
  readonly license: string | undefined;
}

/** The part of the document that names a package. */
export function libraryComponent({ license, ...found }: FoundPackage): SbomComponent {
  return { type: 'library', ...found, ...(license === undefined ? {} : { license }) };
}

/** Makes the document of the image with that digest. The same image gives the same text. */
export function createSbom(
  name: string,
  digest: string,
  components: readonly SbomComponent[],
  createdSeconds: number,
): StoredDocument {
  const document = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(digest)}`,
    version: 1,
    metadata: {
      timestamp: new Date(1000 * createdSeconds).toISOString(),
      tools: { components: [{ type: 'application', name: 'slipway' }] },
      component: { type: 'container', 'bom-ref': digest, name, version: digest },
    },
    components: components
      .map((component) => entryOf(component))
      .toSorted((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1)),
  };
  return createDocument(sbomType, `${JSON.stringify(document, null, 2)}\n`);
}

/** The artifact by which a registry finds the document from the image. */
export function sbomReferrer(image: StoredDocument, sbom: StoredDocument): Referrer {
  const config = createDocument(ociTypes.empty, '{}');
  const { mediaType, digest, size } = image.descriptor;
  const manifest = {
    schemaVersion: 2,
    mediaType: ociTypes.manifest,
    artifactType: sbomType,
    config: config.descriptor,
    layers: [
      { ...sbom.descriptor, annotations: { 'org.opencontainers.image.title': 'sbom.cdx.json' } },
    ],
    subject: { mediaType, digest, size },
  };
  return {
    manifest: createDocument(ociTypes.manifest, JSON.stringify(manifest), {
      artifactType: sbomType,
    }),
    blobs: [config, sbom],
  };
}

function entryOf({ type, name, version, purl, sha256, license }: SbomComponent): {
  readonly 'bom-ref': string;
  readonly [field: string]: unknown;
} {
  return {
    type,
    'bom-ref': purl ?? `${type}:${name}${version === undefined ? '' : `@${version}`}`,
    name,
    ...(version === undefined ? {} : { version }),
    ...(sha256 === undefined ? {} : { hashes: [{ alg: 'SHA-256', content: sha256 }] }),
    ...(license === undefined ? {} : { licenses: [{ expression: license }] }),
    ...(purl === undefined ? {} : { purl }),
  };
}

/** A name-based UUID (version 8, own scheme) of a digest. */
function uuidOf(digest: string): string {
  const hex = createHash('sha256').update(`slipway sbom ${digest}`).digest('hex').slice(0, 32);
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 0x3) | 0x8).toString(16);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`];
  return [...parts, `${variant}${hex.slice(17, 20)}`, hex.slice(20)].join('-');
}
