/** The bytes of one entry of an archive, unpacked; size and checksum must be those that the archive says. */
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import zlib, { createInflateRaw } from 'node:zlib';
import { slipwayError } from '../../errors/slipway-error.ts';
import type { ArchiveEntry } from './archive-entry.ts';

/**
 * Gives the parts to `write`, one after the other.
 * @throws MODEL_LISTING_INVALID
 */
export async function extractEntry(
  file: string,
  entry: ArchiveEntry,
  location: string,
  write: (part: Buffer) => Promise<void>,
): Promise<void> {
  const { sizeBytes, crc32 } = entry;
  let written = 0;
  let sum = 0;
  try {
    for await (const part of unpacked(file, entry)) {
      written += part.length;
      if (written > sizeBytes) throw new Error(`an entry has more than its ${sizeBytes} bytes`);
      if (crc32 !== null) sum = zlib.crc32(part, sum);
      await write(part);
    }
    if (written !== sizeBytes) throw new Error(`an entry has ${written} of ${sizeBytes} bytes`);
    if (crc32 !== null && sum !== crc32) throw new Error('the checksum of an entry is wrong');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw slipwayError('MODEL_LISTING_INVALID', `${location} is damaged: ${reason}`, {
      details: { location },
      cause,
    });
  }
}

function unpacked(
  file: string,
  { offset, storedBytes, method }: ArchiveEntry,
): AsyncIterable<Buffer> {
  if (storedBytes === 0) return Readable.from([]) as AsyncIterable<Buffer>;
  const stored = createReadStream(file, { start: offset, end: offset + storedBytes - 1 });
  if (method === 'stored') return stored as AsyncIterable<Buffer>;
  const inflate = createInflateRaw();
  stored.on('error', (error) => inflate.destroy(error));
  return stored.pipe(inflate) as AsyncIterable<Buffer>;
}
