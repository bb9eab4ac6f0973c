/** A base on this disk: a folder in OCI's layout, an archive of one, or what `docker save` wrote. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import { type BaseImage, type ContentSource, readBaseImage } from './base-image.ts';
import { digestOf, hexOf } from './digest.ts';
import { parseDocument } from './documents.ts';
import { measureStream } from './measure-stream.ts';
import { ociTypes } from './media-types.ts';
import type { ImagePlatform } from './platform.ts';
import { readTarEntries } from './read-tar-entries.ts';
import {
  createDocument,
  createFileBlob,
  type Descriptor,
  type StoredBlob,
  type StoredDocument,
} from './stored-blob.ts';
import { compressTo } from './write-layer.ts';

const documentLimitBytes = 8 * 2 ** 20;
const tagAnnotation = 'org.opencontainers.image.ref.name';

/** A file, or a part of one. */
interface Place {
  readonly file: string;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Path in the layout or archive → where it stands; null where it is not. */
type FindPlace = (name: string) => Promise<Place | null>;

/** Options of {@link readLocalBase}. */
export interface LocalBaseOptions {
  /** Folder or archive. */
  readonly file: string;
  /** Which image of several. Default: the only one. */
  readonly tag: string | null;
  readonly platform: ImagePlatform;
  /** For layers that have to be compressed. */
  readonly workFolder: string;
}

/** @throws IMAGE_NOT_FOUND, IMAGE_INVALID */
export async function readLocalBase(options: LocalBaseOptions): Promise<BaseImage> {
  const { file, tag, platform, workFolder } = options;
  const there = await stat(file).catch(() => null);
  if (there === null) throw notFound(`${file} is not there`);
  const find = there.isDirectory() ? placesInFolder(file) : await placesInArchive(file);
  if ((await find('index.json')) !== null) {
    const source = layoutSource(file, find);
    const index = await readPlace(find, 'index.json', file);
    const root = await source.document(rootIn(index, tag, file));
    return { ...(await readBaseImage(root, source, platform)), name: null };
  }
  if ((await find('manifest.json')) === null) {
    throw slipwayError(
      'IMAGE_INVALID',
      `${file} is no image: it has neither index.json nor manifest.json`,
    );
  }
  const { root, source } = await openDockerArchive(file, find, workFolder);
  return { ...(await readBaseImage(root, source, platform)), name: null, digest: null };
}

function placesInFolder(folder: string): FindPlace {
  return async (name) => {
    const file = path.join(folder, name);
    const there = await stat(file).catch(() => null);
    return there?.isFile() === true ? { file, offset: 0, sizeBytes: there.size } : null;
  };
}

async function placesInArchive(file: string): Promise<FindPlace> {
  const places = new Map<string, Place>();
  const links = new Map<string, string>();
  for await (const entry of readTarEntries(createReadStream(file, { highWaterMark: 2 ** 20 }))) {
    const { path: name, type, target, offset, sizeBytes } = entry;
    if (type === '0') places.set(name, { file, offset, sizeBytes });
    if (type === '1') links.set(name, target);
    if (type === '2') links.set(name, path.posix.join(path.posix.dirname(name), target));
  }
  return async (name) => places.get(name) ?? places.get(links.get(name) ?? '') ?? null;
}

async function readPlace(find: FindPlace, name: string, file: string): Promise<Buffer> {
  const place = await find(name);
  if (place === null) throw notFound(`${file} has no ${name}`);
  if (place.sizeBytes > documentLimitBytes) {
    throw slipwayError(
      'IMAGE_INVALID',
      `${name} in ${file} is too large: ${place.sizeBytes} bytes`,
    );
  }
  if (place.sizeBytes === 0) return Buffer.alloc(0);
  const parts: Buffer[] = [];
  const end = place.offset + place.sizeBytes - 1;
  for await (const part of createReadStream(place.file, { start: place.offset, end })) {
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts);
}

function rootIn(bytes: Buffer, tag: string | null, file: string): Descriptor {
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

function layoutSource(file: string, find: FindPlace): ContentSource {
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

const dockerManifest = z
  .array(z.object({ Config: z.string(), Layers: z.array(z.string()).max(1000) }))
  .min(1);

/** Docker's older form has no manifest, and layers as they are on disk: both are made here. */
async function openDockerArchive(
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

function otherContent(file: string, digest: string): SlipwayError {
  return slipwayError('IMAGE_INVALID', `${file} has other content under ${digest}`, {
    details: { file, digest },
  });
}

function notFound(message: string): SlipwayError {
  return slipwayError('IMAGE_NOT_FOUND', message);
}
