/** Where the parts of an image stand on this disk: in files of a folder, or in one archive. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { slipwayError } from '../../errors/slipway-error.ts';
import { readTarEntries } from './read-tar-entries.ts';

const documentLimitBytes = 8 * 2 ** 20;

/** A file, or a part of one. */
export interface Place {
  readonly file: string;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Path in the layout or archive → where it stands; null where it is not. */
export type FindPlace = (name: string) => Promise<Place | null>;

/** Looks into a folder or an archive. @throws IMAGE_NOT_FOUND, IMAGE_INVALID */
export async function openPlaces(file: string): Promise<FindPlace> {
  const there = await stat(file).catch(() => null);
  if (there === null) throw slipwayError('IMAGE_NOT_FOUND', `${file} is not there`);
  return there.isDirectory() ? placesInFolder(file) : placesInArchive(file);
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

/** A document. @throws IMAGE_NOT_FOUND, IMAGE_INVALID */
export async function readPlace(find: FindPlace, name: string, file: string): Promise<Buffer> {
  const place = await find(name);
  if (place === null) throw slipwayError('IMAGE_NOT_FOUND', `${file} has no ${name}`);
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
