/** Image → one tar file that `docker load`, `podman load` and readers of OCI archives take. */
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { hexOf } from './digest.ts';
import { blobsOf, documentsOf, type Image, type ImageSet } from './image.ts';
import { fitsPlatform, hostPlatform } from './platform.ts';
import type { StoredBlob } from './stored-blob.ts';
import { encodeTarHeader, tarEnd, tarPadding } from './tar-header.ts';
import { formatImageReference, parseImageReference } from '../registry/image-reference.ts';
import { ociTypes } from './media-types.ts';
import { layoutMarker } from './write-layout.ts';

/** What the archive calls its image. */
export interface ArchiveNames {
  /** Without a tag: `localhost:5000/churn`. */
  readonly name: string;
  readonly tags: readonly string[];
}

/** Writes the archive, complete or not at all. */
export async function writeArchive(
  image: ImageSet,
  file: string,
  names: ArchiveNames,
): Promise<void> {
  await mkdir(path.dirname(path.resolve(file)), { recursive: true });
  const aside = `${file}.${process.pid}`;
  try {
    await pipeline(archiveOf(image, names), createWriteStream(aside));
    await rename(aside, file);
  } finally {
    await rm(aside, { force: true });
  }
}

/** The bytes of the archive: the same for the same image and names. */
export async function* archiveOf(image: ImageSet, names: ArchiveNames): AsyncGenerator<Buffer> {
  const blobs = [...blobsOf(image), ...documentsOf(image)].toSorted((a, b) =>
    a.descriptor.digest < b.descriptor.digest ? -1 : 1,
  );
  yield* folder('blobs');
  yield* folder('blobs/sha256');
  for (const blob of blobs) yield* blobFile(blob);
  yield* textFile('index.json', archiveIndex(image, names));
  yield* textFile('manifest.json', dockerManifest(image, names));
  yield* textFile('oci-layout', layoutMarker);
  yield tarEnd;
}

/** Readers of archives take the whole name for what they call the image; containerd has an annotation of its own. */
function archiveIndex({ root }: ImageSet, { name, tags }: ArchiveNames): string {
  const manifests = tags.map((tag) => ({
    ...root.descriptor,
    annotations: {
      'io.containerd.image.name': formatImageReference(parseImageReference(`${name}:${tag}`)),
      'org.opencontainers.image.ref.name': `${name}:${tag}`,
    },
  }));
  return JSON.stringify({ schemaVersion: 2, mediaType: ociTypes.index, manifests });
}

/** Docker's older form names one image only: that for this machine, if it is among them. */
function dockerManifest({ images }: ImageSet, { name, tags }: ArchiveNames): string {
  const here = images.find(({ platform }) => fitsPlatform(platform, hostPlatform())) ?? images[0];
  const place = (digest: string): string => `blobs/sha256/${hexOf(digest)}`;
  const { config, layers } = here as Image;
  return JSON.stringify([
    {
      Config: place(config.descriptor.digest),
      RepoTags: tags.map((tag) => `${name}:${tag}`),
      Layers: layers.map(({ descriptor }) => place(descriptor.digest)),
    },
  ]);
}

function* folder(name: string): Generator<Buffer> {
  yield encodeTarHeader({ type: 'directory', path: name }, 0);
}

function* textFile(name: string, text: string): Generator<Buffer> {
  const content = Buffer.from(text);
  yield encodeTarHeader({ type: 'file', path: name, content }, 0);
  yield content;
  yield tarPadding(content.length);
}

async function* blobFile(blob: StoredBlob): AsyncGenerator<Buffer> {
  const { digest, size } = blob.descriptor;
  const content = { file: '', sizeBytes: size };
  yield encodeTarHeader({ type: 'file', path: `blobs/sha256/${hexOf(digest)}`, content }, 0);
  const stream: Readable = await blob.open();
  for await (const part of stream as AsyncIterable<Buffer>) yield part;
  yield tarPadding(size);
}
