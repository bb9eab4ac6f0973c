/** The way of docker, podman and buildah: a directory, the tool upon it, and where it is asked for the list of what is in the image. */
import { createHash, randomUUID } from 'node:crypto';
import path from 'node:path';
import type { ImageRecipe } from '../../contract/image-recipe.ts';
import { writeContext } from '../dockerfile/write-context.ts';
import type { BaseImage } from '../oci/base-image.ts';
import { readLocalBase } from '../oci/local-base.ts';
import { parsePlatform } from '../oci/platform.ts';
import { parseImageReference } from '../registry/image-reference.ts';
import { pushReferrer } from '../registry/push-image.ts';
import { RegistryClient } from '../registry/registry-client.ts';
import { buildSecrets } from './build-secrets.ts';
import { collectEntries } from './collect-entries.ts';
import type { ContainerTool } from './container-tools.ts';
import type { ImageOrder } from './create-delivered.ts';
import { createSbom, type SbomComponent, sbomReferrer } from './create-sbom.ts';
import { describeFiles, nodeComponent } from './describe-files.ts';
import { findPackages } from './find-packages.ts';
import { runBuilder } from './run-builder.ts';
import { sourceDateSeconds } from './source-date.ts';
import { writeOutputFile } from './write-output-file.ts';
import type { StoredDocument } from '../oci/stored-blob.ts';

/**
 * Builds and delivers.
 * @returns the digest; null where the tool has none: an image in its own store, or in an archive
 * @throws the codes of {@link runBuilder}, OUTPUT_FILE_UNWRITABLE, IMAGE_INVALID
 */
export async function createByTool(order: ImageOrder, tool: ContainerTool): Promise<string | null> {
  const { recipe, names, output, platforms, workFolder, version, options } = order;
  const { environment = process.env } = options;
  const directory = path.join(workFolder, 'context');
  await writeContext(recipe, directory, version);
  const image = await runBuilder({
    tool,
    directory,
    secrets: await buildSecrets(recipe, path.join(workFolder, 'secrets'), environment),
    digestFile: path.join(workFolder, 'digest'),
    listName: `localhost/slipway-${randomUUID()}`,
    runsSteps: recipe.steps.some(({ kind }) => kind === 'python' || kind === 'system-packages'),
    offline: options.offline ?? false,
    names: names.tags.map((tag) => `${names.name}:${tag}`),
    platforms,
    output,
    insecure: options.insecure ?? false,
    environment,
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  try {
    const digest = await image.deliver();
    if (options.sbomFile !== undefined) {
      const copy = path.join(workFolder, tool === 'docker' ? 'copy.tar' : 'copy');
      await image.copyTo(copy);
      const sbom = await describeCopy(order, copy, tool === 'docker' ? null : 'copy', digest);
      await writeOutputFile(options.sbomFile, sbom.bytes);
      if (output.kind === 'registry' && digest !== null) await attach(order, digest, sbom);
    }
    return digest;
  } finally {
    await image.close();
  }
}

/** What a copy of the image holds: of files the recipe knows, of packages the image. */
async function describeCopy(
  { recipe, names, platforms, workFolder, version, options }: ImageOrder,
  copy: string,
  tag: string | null,
  delivered: string | null,
): Promise<StoredDocument> {
  const images: BaseImage[] = [];
  for (const text of platforms) {
    const platform = parsePlatform(text);
    images.push(await readLocalBase({ file: copy, tag, platform, workFolder }));
  }
  const found = [...(await describeSteps(recipe, platforms, version))];
  const system = recipe.steps.flatMap((step) =>
    step.kind === 'system-packages' ? step.packages : [],
  );
  for (const image of images) found.push(...(await findPackages(image, new Set(system))));
  const components = new Map(found.map((one) => [one.purl ?? `${one.type} ${one.name}`, one]));
  const digest = delivered ?? images[0]?.digest ?? idOf(images);
  const createdSeconds = sourceDateSeconds(options.environment);
  return createSbom(names.name, digest, [...components.values()], createdSeconds);
}

async function describeSteps(
  recipe: ImageRecipe,
  platforms: readonly string[],
  version: string,
): Promise<readonly SbomComponent[]> {
  const { name } = recipe.base;
  const found: SbomComponent[] = name === 'scratch' ? [] : [{ type: 'container', name }];
  for (const step of recipe.steps) {
    if (step.kind === 'node') found.push(nodeComponent(step.image));
    if (step.kind !== 'files') continue;
    if (step.platform !== undefined && !platforms.includes(step.platform)) continue;
    const entries = await collectEntries(step.files);
    found.push(...(await describeFiles(step.name, entries, recipe, version)));
  }
  return found;
}

/** Archives of docker's know no digest of the image; what is in it tells it from others. */
function idOf(images: readonly BaseImage[]): string {
  const hash = createHash('sha256').update(JSON.stringify(images.map(({ config }) => config)));
  return `sha256:${hash.digest('hex')}`;
}

/** From the image in the registry to the document. */
async function attach(
  { names, options }: ImageOrder,
  digest: string,
  sbom: StoredDocument,
): Promise<void> {
  const { registry, repository } = parseImageReference(names.name);
  const client = new RegistryClient(registry, repository, options);
  try {
    const subject = await client.readManifest(digest);
    if (subject !== null) await pushReferrer(client, subject, sbomReferrer(subject, sbom));
  } finally {
    client.close();
  }
}
