/** What `docker save` wrote before it knew OCI: no manifest, and layers as they are on disk. Both are made here. */
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import { slipwayError } from '../../errors/slipway-error.ts';
import type { ContentSource } from './base-image.ts';
import { type FindPlace, readPlace } from './local-places.ts';
import { ociTypes } from './media-types.ts';
import {
  createDocument,
  createFileBlob,
  type StoredBlob,
  type StoredDocument,
} from './stored-blob.ts';
import { compressTo } from './write-layer.ts';

const dockerManifest = z
  .array(z.object({ Config: z.string(), Layers: z.array(z.string()).max(1000) }))
  .min(1);

/** The only image in it, or the first. Layers are compressed into `workFolder`. @throws IMAGE_NOT_FOUND, IMAGE_INVALID */
export async function openDockerArchive(
  file: string,
  find: FindPlace,
  workFolder: string,
): Promise<{ root: StoredDocument; source: ContentSource }> {
  const parsed = dockerManifest.safeParse(
    JSON.parse((await readPlace(find, 'manifest.json', file)).toString('utf8')),
  );
  const first = parsed.data?.[0];
  if (first === undefined) {
    throw slipwayError('IMAGE_INVALID', `${file} has a manifest.json that cannot be read`);
  }
  const config = createDocument(ociTypes.config, await readPlace(find, first.Config, file));
  const layers: StoredBlob[] = [];
  for (const name of first.Layers) layers.push(await compressed(file, find, name, workFolder));
  const manifest = {
    schemaVersion: 2,
    mediaType: ociTypes.manifest,
    config: config.descriptor,
    layers: layers.map(({ descriptor }) => descriptor),
  };
  const root = createDocument(ociTypes.manifest, JSON.stringify(manifest));
  const source: ContentSource = {
    name: file,
    document: async () => config,
    blob: async ({ digest }) =>
      layers.find(({ descriptor }) => descriptor.digest === digest) as StoredBlob,
  };
  return { root, source };
}

async function compressed(
  file: string,
  find: FindPlace,
  name: string,
  workFolder: string,
): Promise<StoredBlob> {
  const place = await find(name);
  if (place === null) throw slipwayError('IMAGE_INVALID', `${file} has no layer ${name}`);
  const { offset, sizeBytes } = place;
  const stored = createFileBlob({ mediaType: '', digest: '', size: sizeBytes }, file, offset);
  const isPacked = await startsWithGzip(stored);
  const target = path.join(workFolder, `base-${offset}`);
  const stream = await stored.open();
  const archive = isPacked ? stream.pipe(createGunzip()) : stream;
  const { digest, size } = await compressTo(target, archive, 6);
  return createFileBlob({ mediaType: ociTypes.layerGzip, digest, size }, target);
}

async function startsWithGzip(blob: StoredBlob): Promise<boolean> {
  for await (const part of await blob.open()) {
    const [first, second] = part as Buffer;
    return first === 0x1f && second === 0x8b;
  }
  return false;
}
