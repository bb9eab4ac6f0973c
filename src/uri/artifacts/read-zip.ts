/** The entries of a zip archive, from its central directory; zip64 too. Links, encryption and odd methods are refused. */
import type { FileHandle } from 'node:fs/promises';
import type { ArchiveEntry } from './archive-entry.ts';
import type { Listing } from './listing.ts';

const endBytes = 22;
const longestComment = 65_535;
const directoryLimitBytes = 64 * 2 ** 20;
const localHeaderBytes = 30;
const centralHeaderBytes = 46;
const symlinkMode = 0o120000;
const modeMask = 0o170000;

/** Where the central directory stands. */
interface Directory {
  readonly offset: number;
  readonly sizeBytes: number;
}

/**
 * Path of every file → where it stands. Paths are checked by `listing`.
 * @throws MODEL_LISTING_INVALID
 */
export async function readZip(
  handle: FileHandle,
  listing: Listing,
): Promise<ReadonlyMap<string, ArchiveEntry>> {
  const { size: archiveBytes } = await handle.stat();
  const directory = await findDirectory(handle, archiveBytes, listing);
  const { offset, sizeBytes } = directory;
  if (sizeBytes > directoryLimitBytes || offset + sizeBytes > archiveBytes) {
    throw listing.invalid('…', 'has a directory beyond the archive');
  }
  const content = await readAt(handle, offset, sizeBytes);
  const entries = new Map<string, ArchiveEntry>();
  let count = 0;
  for (let at = 0; at + centralHeaderBytes <= content.length;) {
    if (content.readUInt32LE(at) !== 0x02014b50) break;
    listing.checkCount((count += 1));
    const header = readCentralHeader(content, at, listing);
    at = header.end;
    if (header.name.endsWith('/')) continue;
    listing.checkPath(header.name);
    entries.set(header.name, await locate(handle, header, archiveBytes, listing));
  }
  return entries;
}

interface CentralHeader {
  readonly name: string;
  readonly entry: Omit<ArchiveEntry, 'offset'>;
  readonly localOffset: number;
  readonly end: number;
}

function readCentralHeader(content: Buffer, at: number, listing: Listing): CentralHeader {
  const nameBytes = content.readUInt16LE(at + 28);
  const extraBytes = content.readUInt16LE(at + 30);
  const extraAt = at + centralHeaderBytes + nameBytes;
  const end = extraAt + extraBytes + content.readUInt16LE(at + 32);
  if (end > content.length) throw listing.invalid('…', 'goes beyond the directory');
  const name = content.toString('utf8', at + centralHeaderBytes, extraAt).replace(/^(\.\/)+/, '');
  const mode = content.readUInt32LE(at + 38) >>> 16;
  if ((mode & modeMask) === symlinkMode) throw listing.invalid(name, 'is a link');
  if ((content.readUInt16LE(at + 8) & 1) !== 0) throw listing.invalid(name, 'is encrypted');
  const methodCode = content.readUInt16LE(at + 10);
  if (methodCode !== 0 && methodCode !== 8) {
    throw listing.invalid(name, `is packed in a way (${methodCode}) that is not read`);
  }
  const long = readZip64(content.subarray(extraAt, extraAt + extraBytes));
  const number = (position: number): number => {
    const value = content.readUInt32LE(at + position);
    return value === 0xffffffff ? (long.shift() ?? value) : value;
  };
  const [sizeBytes, storedBytes, localOffset] = [number(24), number(20), number(42)];
  const method = methodCode === 0 ? 'stored' : 'deflate';
  const crc32 = content.readUInt32LE(at + 16);
  return { name, entry: { sizeBytes, storedBytes, method, crc32 }, localOffset, end };
}

/** The numbers of the zip64 field, in the order of the fields that they stand for. */
function readZip64(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length;) {
    const length = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === 1 && at + 4 + length <= extra.length) {
      return Array.from({ length: Math.floor(length / 8) }, (_, index) =>
        Number(extra.readBigUInt64LE(at + 4 + 8 * index)),
      );
    }
    at += 4 + length;
  }
  return [];
}

/** The local header repeats the name, with a length of its own. */
async function locate(
  handle: FileHandle,
  { name, entry, localOffset }: CentralHeader,
  archiveBytes: number,
  listing: Listing,
): Promise<ArchiveEntry> {
  const beyond = listing.invalid(name, 'goes beyond the archive');
  if (!Number.isSafeInteger(localOffset + entry.storedBytes)) throw beyond;
  if (localOffset + localHeaderBytes > archiveBytes) throw beyond;
  const header = await readAt(handle, localOffset, localHeaderBytes);
  if (header.readUInt32LE(0) !== 0x04034b50) throw listing.invalid(name, 'has no local header');
  const offset = localOffset + localHeaderBytes + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (offset + entry.storedBytes > archiveBytes) throw beyond;
  return { ...entry, offset };
}

async function findDirectory(
  handle: FileHandle,
  archiveBytes: number,
  listing: Listing,
): Promise<Directory> {
  const length = Math.min(archiveBytes, endBytes + longestComment);
  const tail = await readAt(handle, archiveBytes - length, length);
  for (let at = length - endBytes; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== 0x06054b50) continue;
    const [sizeBytes, offset] = [tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)];
    if (sizeBytes !== 0xffffffff && offset !== 0xffffffff) return { offset, sizeBytes };
    return readZip64Directory(handle, tail, at, archiveBytes, listing);
  }
  throw listing.invalid('…', 'is no zip archive');
}

async function readZip64Directory(
  handle: FileHandle,
  tail: Buffer,
  at: number,
  archiveBytes: number,
  listing: Listing,
): Promise<Directory> {
  const locator = at - 20;
  if (locator < 0 || tail.readUInt32LE(locator) !== 0x07064b50) {
    throw listing.invalid('…', 'has no zip64 directory');
  }
  const end = Number(tail.readBigUInt64LE(locator + 8));
  if (end + 56 > archiveBytes) throw listing.invalid('…', 'has a directory beyond the archive');
  const record = await readAt(handle, end, 56);
  if (record.readUInt32LE(0) !== 0x06064b50) throw listing.invalid('…', 'has no zip64 directory');
  return {
    sizeBytes: Number(record.readBigUInt64LE(40)),
    offset: Number(record.readBigUInt64LE(48)),
  };
}

async function readAt(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  await handle.read(buffer, 0, length, offset);
  return buffer;
}
