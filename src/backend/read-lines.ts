import type { Readable } from 'node:stream';

const lineFeed = 10;

/**
 * The lines of a stream of bytes, without their line feeds; the last one needs none. A line of more than
 * `limitBytes` is not held: null stands for it.
 */
export async function* readLines(
  stream: Readable,
  limitBytes: number,
): AsyncGenerator<Buffer | null, void> {
  let parts: Buffer[] = [];
  let sizeBytes = 0;
  const add = (part: Buffer): void => {
    sizeBytes += part.length;
    if (sizeBytes <= limitBytes) parts.push(part);
    else parts = [];
  };
  const take = (): Buffer | null => {
    const line = sizeBytes > limitBytes ? null : Buffer.concat(parts);
    parts = [];
    sizeBytes = 0;
    return line;
  };
  for await (const chunk of stream as AsyncIterable<Buffer | string>) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    let start = 0;
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
      add(bytes.subarray(start, end));
      yield take();
      start = end + 1;
    }
    add(bytes.subarray(start));
  }
  if (sizeBytes > 0) yield take();
}
