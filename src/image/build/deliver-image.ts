/** A finished image to where it shall be. */
import path from 'node:path';
import { runProgram } from '../../env/run-program.ts';
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import type { ImageSet, Referrer } from '../oci/image.ts';
import { writeArchive } from '../oci/write-archive.ts';
import { writeLayout } from '../oci/write-layout.ts';
import { type ImageReference, parseImageReference } from '../registry/image-reference.ts';
import { pushImage } from '../registry/push-image.ts';
import { RegistryClient } from '../registry/registry-client.ts';
import type { RegistryOptions } from '../registry/registry-options.ts';
import { findTool } from './container-tools.ts';
import type { ImageOutput } from './image-output.ts';

/** What is delivered, and under which names. */
export interface Delivery {
  readonly image: ImageSet;
  /** As the user gave it, without a tag. */
  readonly name: string;
  readonly tags: readonly string[];
  readonly referrers: readonly Referrer[];
  readonly workFolder: string;
}

/**
 * Delivers the image.
 * @throws REGISTRY_FAILED, REGISTRY_ACCESS_DENIED, BUILDER_UNAVAILABLE, IMAGE_BUILD_FAILED, OUTPUT_FILE_UNWRITABLE
 */
export async function deliverImage(
  output: ImageOutput,
  delivery: Delivery,
  options: RegistryOptions,
): Promise<void> {
  const { image, tags } = delivery;
  if (output.kind === 'registry') {
    await push(parseImageReference(delivery.name), delivery, options);
    return;
  }
  if (output.kind === 'docker') {
    await load(delivery, options);
    return;
  }
  const file = output.kind === 'oci' ? output.folder : output.file;
  try {
    if (output.kind === 'oci') await writeLayout(image, output.folder, tags);
    else await writeArchive(image, output.file, delivery);
  } catch (cause) {
    if (!isFileTrouble(cause)) throw cause;
    throw slipwayError('OUTPUT_FILE_UNWRITABLE', `${file} cannot be written: ${cause.message}`, {
      cause,
    });
  }
}

async function push(
  { registry, repository }: ImageReference,
  { image, tags, referrers }: Delivery,
  options: RegistryOptions,
): Promise<void> {
  const client = new RegistryClient(registry, repository, options);
  try {
    await pushImage(client, { image, tags, referrers });
  } finally {
    client.close();
  }
}

/** Into the store of docker, else of podman. */
async function load(
  delivery: Delivery,
  { environment = process.env, signal }: RegistryOptions,
): Promise<void> {
  const tool = await findTool(['docker', 'podman'], environment);
  if (tool === null) throw noDaemon();
  const file = path.join(delivery.workFolder, 'load.tar');
  await writeArchive(delivery.image, file, delivery);
  const { code, tail } = await runProgram(tool, ['load', '-i', file], {
    environment,
    ...(signal === undefined ? {} : { signal }),
  });
  if (code === 0) return;
  throw slipwayError(
    'IMAGE_BUILD_FAILED',
    `${tool} load failed: ${tail.at(-1) ?? `exit code ${code}`}`,
    {
      details: { tool, tail },
    },
  );
}

function noDaemon(): SlipwayError {
  return slipwayError(
    'BUILDER_UNAVAILABLE',
    'No Docker daemon answers and there is no podman: use --output registry with a name like HOST/NAME, or --output tar:FILE.',
  );
}

function isFileTrouble(cause: unknown): cause is Error {
  return cause instanceof Error && 'syscall' in cause && cause.name !== 'SlipwayError';
}
