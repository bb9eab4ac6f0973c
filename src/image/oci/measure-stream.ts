import type { Readable } from 'node:stream';
import { digestOfHash, startDigest } from './digest.ts';

/** Digest and size of all that comes. */
export async function measureStream(
  stream: Readable,
): Promise<{ readonly digest: string; readonly size: number }> {
  const hash = startDigest();
  let size = 0;
  for await (const part of stream as AsyncIterable<Buffer>) {
    hash.update(part);
    size += part.length;
  }
  return { digest: digestOfHash(hash), size };
}
