/** Entries → one layer in a file, with both of its digests. Nothing of it is held in memory. */
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { chooseLevel } from './choose-level.ts';
import { digestOfHash, startDigest } from './digest.ts';
import type { LayerEntry } from './layer-entry.ts';
import { ociTypes } from './media-types.ts';
import { createFileBlob, type StoredBlob } from './stored-blob.ts';
import { writeTar } from './write-tar.ts';

/** A layer. */
export interface Layer {
  readonly blob: StoredBlob;
  /** Digest of the archive before it is compressed. */
  readonly diffId: string;
  /** Bytes of the archive before it is compressed. */
  readonly sizeBytes: number;
  /** Why it is there: `created_by` of the history. */
  readonly createdBy: string;
}

/** Options of {@link writeLayer}. */
export interface WriteLayerOptions {
  /** File to write. */
  readonly file: string;
  readonly createdBy: string;
  /** Every time in the layer. */
  readonly mtimeSeconds: number;
}

/** Writes the layer. @throws IMAGE_BUILD_FAILED when a file changes meanwhile */
export async function writeLayer(
  entries: readonly LayerEntry[],
  { file, createdBy, mtimeSeconds }: WriteLayerOptions,
): Promise<Layer> {
  const level = await chooseLevel(entries);
  const { diffId, sizeBytes, digest, size } = await compressTo(
    file,
    writeTar(entries, mtimeSeconds),
    level,
  );
  const blob = createFileBlob({ mediaType: ociTypes.layerGzip, digest, size }, file);
  return { blob, diffId, sizeBytes, createdBy };
}

/** Digests and sizes of an archive before and after. */
export interface Compressed {
  readonly diffId: string;
  readonly sizeBytes: number;
  readonly digest: string;
  readonly size: number;
}

/** Compresses an archive into `file`. */
export async function compressTo(
  file: string,
  archive: AsyncIterable<Buffer> | Readable,
  level: number,
): Promise<Compressed> {
  const [plain, packed] = [startDigest(), startDigest()];
  let [sizeBytes, size] = [0, 0];
  const output = createWriteStream(file);
  await pipeline(
    archive,
    async function* (parts: AsyncIterable<Buffer>) {
      for await (const part of parts) {
        plain.update(part);
        sizeBytes += part.length;
        yield part;
      }
    },
    createGzip({ level, memLevel: 9, chunkSize: 2 ** 16 }),
    async function* (parts: AsyncIterable<Buffer>) {
      for await (const part of parts) {
        if (size === 0) hideSystem(part);
        packed.update(part);
        size += part.length;
        yield part;
      }
    },
    output,
  );
  if (!output.closed) await once(output, 'close');
  return { diffId: digestOfHash(plain), sizeBytes, digest: digestOfHash(packed), size };
}

/** The header of gzip names the system it was made on; 255 is “unknown”. */
function hideSystem(start: Buffer): void {
  start[9] = 255;
}
