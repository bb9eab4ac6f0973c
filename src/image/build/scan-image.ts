/** Looks into the layers of a base, from the last to the first, without unpacking them. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { slipwayError } from '../../errors/slipway-error.ts';
import type { BaseImage } from '../oci/base-image.ts';
import { openPlain } from '../oci/open-plain.ts';
import { readTarEntries, type TarEntry } from '../oci/read-tar-entries.ts';

/**
 * Calls `visit` with every entry and the number of its layer, the last layer first, until it answers that it has seen
 * enough.
 * @throws IMAGE_INVALID, IMAGE_BUILD_FAILED
 */
export async function scanImage(
  { layers }: BaseImage,
  visit: (entry: TarEntry, layer: number) => Promise<boolean>,
): Promise<void> {
  for (const [index, layer] of [...layers.entries()].toReversed()) {
    const stream = await openPlain(layer);
    try {
      for await (const entry of readTarEntries(stream)) {
        if (await visit(entry, index)) return;
      }
    } finally {
      stream.destroy();
    }
  }
}

/** Copies one file of the image to `target`. @throws IMAGE_BUILD_FAILED when it is not there */
export async function extractFile(base: BaseImage, name: string, target: string): Promise<void> {
  const wanted = name.replace(/^\/+/, '');
  let found = false;
  await scanImage(base, async (entry) => {
    if (entry.path !== wanted || entry.type !== '0') return false;
    await pipeline(entry.content(), createWriteStream(target));
    found = true;
    return true;
  });
  if (found) return;
  throw slipwayError('IMAGE_BUILD_FAILED', `${base.name ?? 'The image'} has no file ${name}.`);
}

/** Content of a text file. */
export async function textOf(entry: TarEntry): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of entry.content()) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}
