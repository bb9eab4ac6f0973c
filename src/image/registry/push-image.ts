/** Image → repository, so that nobody ever sees half of it: blobs, configs, manifests, index, and the tags last. */
import { formatSize } from '../oci/format-size.ts';
import { blobsOf, documentsOf, type ImageSet, type Referrer } from '../oci/image.ts';
import { isSlipwayError } from '../../errors/slipway-error.ts';
import type { StoredBlob, StoredDocument } from '../oci/stored-blob.ts';
import { addReferrer } from './referrers-index.ts';
import type { RegistryClient } from './registry-client.ts';
import { type Uploaded, uploadBlob } from './upload-blob.ts';

/** Uploads at a time. */
const lanes = 3;

/** What is pushed under the image's name. */
export interface Push {
  readonly image: ImageSet;
  readonly tags: readonly string[];
  /** Documents about the image, each with its content: an SBOM. */
  readonly referrers?: readonly Referrer[];
}

/** What became of each blob. */
export type PushReport = ReadonlyMap<string, Uploaded>;

/** @throws REGISTRY_FAILED, REGISTRY_ACCESS_DENIED, and what reading the blobs throws */
export async function pushImage(
  client: RegistryClient,
  { image, tags, referrers = [] }: Push,
): Promise<PushReport> {
  const report = await pushBlobs(client, blobsOf(image));
  for (const document of documentsOf(image)) {
    await client.writeManifest(document.descriptor.digest, document);
  }
  for (const referrer of referrers) await pushReferrer(client, image.root, referrer);
  for (const tag of tags) await client.writeManifest(tag, image.root);
  return report;
}

async function pushBlobs(
  client: RegistryClient,
  blobs: readonly StoredBlob[],
): Promise<PushReport> {
  const report = new Map<string, Uploaded>();
  const queue = [...blobs];
  const failures: unknown[] = [];
  const work = async (): Promise<void> => {
    for (let blob = queue.shift(); blob !== undefined; blob = queue.shift()) {
      const { digest, size } = blob.descriptor;
      const how = await uploadBlob(client, blob);
      report.set(digest, how);
      const step = `pushing ${digest.slice(7, 19)}, ${formatSize(size)}: ${how}`;
      client.options.onProgress?.({ step });
    }
  };
  await Promise.all(
    Array.from({ length: lanes }, () =>
      work().catch((error: unknown) => {
        queue.length = 0;
        failures.push(error);
      }),
    ),
  );
  if (failures.length > 0) throw failures[0];
  return report;
}

/**
 * Adds a document about an image that is there. Registries without the referrers API keep the list in an index under a tag made of the digest (OCI 1.1). One that
 * refuses artifacts altogether gets the image without.
 */
export async function pushReferrer(
  client: RegistryClient,
  subject: StoredDocument,
  { manifest, blobs }: Referrer,
): Promise<void> {
  const { digest } = subject.descriptor;
  try {
    await pushBlobs(client, blobs);
    await client.writeManifest(manifest.descriptor.digest, manifest);
    if (await client.listsReferrers(digest, manifest.descriptor.digest)) return;
    const tag = digest.replace(':', '-');
    await client.writeManifest(tag, addReferrer(await client.readManifest(tag), manifest));
  } catch (error) {
    if (!isSlipwayError(error, 'REGISTRY_FAILED') || !isRefusal(error.details['status']))
      throw error;
    client.options.onProgress?.({
      step: `${client.registry} takes no documents about images (${error.message}); the image goes there without`,
    });
  }
}

function isRefusal(status: unknown): boolean {
  return typeof status === 'number' && status >= 400 && status < 500 && status !== 429;
}
