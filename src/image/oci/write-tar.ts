/** Entries → the bytes of a tar archive that is the same for the same content, whatever the clock and the disk say. */
import { createReadStream } from 'node:fs';
import { slipwayError } from '../../errors/slipway-error.ts';
import type { FileContent, LayerEntry } from './layer-entry.ts';
import { encodeTarHeader, tarEnd, tarPadding } from './tar-header.ts';

const chunkBytes = 2 ** 18;

/** The bytes, in parts; entries in the order of their paths. @throws IMAGE_BUILD_FAILED */
export async function* writeTar(
  entries: readonly LayerEntry[],
  mtimeSeconds: number,
): AsyncGenerator<Buffer> {
  for (const entry of sortEntries(entries)) yield* writeEntry(entry, mtimeSeconds);
  yield tarEnd;
}

/** By the bytes of their paths, each once: a folder comes before what it holds, and podman refuses a path that comes twice. */
export function sortEntries(entries: readonly LayerEntry[]): readonly LayerEntry[] {
  const unique = new Map(entries.map((entry) => [entry.path, entry]));
  return [...unique.values()]
    .map((entry) => ({ entry, key: Buffer.from(entry.path) }))
    .toSorted((a, b) => Buffer.compare(a.key, b.key))
    .map(({ entry }) => entry);
}

/** Header, content and padding of one entry. @throws IMAGE_BUILD_FAILED */
export async function* writeEntry(entry: LayerEntry, mtimeSeconds: number): AsyncGenerator<Buffer> {
  yield encodeTarHeader(entry, mtimeSeconds);
  if (entry.type !== 'file') return;
  const { content } = entry;
  if (Buffer.isBuffer(content)) {
    yield content;
    yield tarPadding(content.length);
    return;
  }
  yield* readWhole(content);
  yield tarPadding(content.sizeBytes);
}

async function* readWhole({ file, sizeBytes }: FileContent): AsyncGenerator<Buffer> {
  let read = 0;
  for await (const part of createReadStream(file, { highWaterMark: chunkBytes })) {
    read += (part as Buffer).length;
    if (read > sizeBytes) break;
    yield part as Buffer;
  }
  if (read === sizeBytes) return;
  throw slipwayError('IMAGE_BUILD_FAILED', `${file} changed while it was read: try again`, {
    details: { file },
  });
}
