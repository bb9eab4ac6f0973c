/** Image → a folder in OCI's layout, beside the images that are in it already. */
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { hexOf } from './digest.ts';
import { type NamedContent, parseDocument } from './documents.ts';
import { blobsOf, documentsOf, type ImageSet } from './image.ts';
import { ociTypes } from './media-types.ts';
import { createDocument, type StoredBlob } from './stored-blob.ts';

/** `oci-layout`. */
export const layoutMarker = '{"imageLayoutVersion":"1.0.0"}';

const tagAnnotation = 'org.opencontainers.image.ref.name';

/** The index of a layout that holds `image` under each of `tags`, beside `others`. */
function layoutIndex(
  { root }: ImageSet,
  tags: readonly string[],
  others: readonly NamedContent[],
): string {
  const own = tags.map((tag) => ({ ...root.descriptor, annotations: { [tagAnnotation]: tag } }));
  const manifests = [
    ...others.filter(({ annotations }) => !tags.includes(annotations?.[tagAnnotation] ?? '')),
    ...own,
  ];
  return JSON.stringify({ schemaVersion: 2, mediaType: ociTypes.index, manifests });
}

/** Writes what is missing in `folder`; the index comes last, at once. */
export async function writeLayout(
  image: ImageSet,
  folder: string,
  tags: readonly string[],
): Promise<void> {
  await mkdir(path.join(folder, 'blobs', 'sha256'), { recursive: true });
  for (const blob of [...blobsOf(image), ...documentsOf(image)]) await writeBlob(blob, folder);
  await writeFile(path.join(folder, 'oci-layout'), layoutMarker);
  const others = await readOthers(path.join(folder, 'index.json'));
  await writeAside(path.join(folder, 'index.json'), layoutIndex(image, tags, others));
}

async function writeBlob(blob: StoredBlob, folder: string): Promise<void> {
  const { digest, size } = blob.descriptor;
  const file = path.join(folder, 'blobs', 'sha256', hexOf(digest));
  const there = await stat(file).catch(() => null);
  if (there?.size === size) return;
  const aside = `${file}.${process.pid}`;
  await pipeline(await blob.open(), createWriteStream(aside));
  await rename(aside, file);
}

async function readOthers(file: string): Promise<readonly NamedContent[]> {
  const bytes = await readFile(file).catch(() => null);
  if (bytes === null) return [];
  return parseDocument('index', createDocument(ociTypes.index, bytes)).manifests;
}

async function writeAside(file: string, text: string): Promise<void> {
  const aside = `${file}.${process.pid}`;
  await writeFile(aside, text);
  await rename(aside, file);
}
