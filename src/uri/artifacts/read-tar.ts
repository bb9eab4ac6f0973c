/** The entries of a tar archive: ustar, GNU long names, pax paths and sizes. Links and devices are refused. */
import type { FileHandle } from 'node:fs/promises';
import type { ArchiveEntry } from './archive-entry.ts';
import type { Listing } from './listing.ts';
import { readTarExtension } from './tar-extension.ts';

const blockBytes = 512;
/** Longest extended header that is read. */
const extendedLimitBytes = 2 ** 20;

/** What an extended header says of the entry after it. */
interface Extension {
  readonly path?: string;
  readonly size?: number;
}

/**
 * Path of every file → where it stands. Paths are checked by `listing`.
 * @throws MODEL_LISTING_INVALID
 */
export async function readTar(
  handle: FileHandle,
  listing: Listing,
): Promise<ReadonlyMap<string, ArchiveEntry>> {
  const { size: archiveBytes } = await handle.stat();
  const entries = new Map<string, ArchiveEntry>();
  let extension: Extension = {};
  let count = 0;
  for (let offset = 0; offset + blockBytes <= archiveBytes;) {
    const header = await readAt(handle, offset, blockBytes);
    if (header.every((byte) => byte === 0)) return entries;
    listing.checkCount((count += 1));
    const { type, name, sizeBytes } = readHeader(header, listing, extension);
    const start = offset + blockBytes;
    if (start + sizeBytes > archiveBytes) throw listing.invalid(name, 'goes beyond the archive');
    offset = start + Math.ceil(sizeBytes / blockBytes) * blockBytes;
    if (type === 'x' || type === 'L') {
      if (sizeBytes > extendedLimitBytes) throw listing.invalid(name, 'has a huge header');
      extension = { ...extension, ...readExtension(type, await readAt(handle, start, sizeBytes)) };
      continue;
    }
    extension = {};
    if (type === 'g' || type === '5') continue;
    if (type !== '0') throw listing.invalid(name, 'is a link or a device');
    const path = name.replace(/^(\.\/)+/, '');
    listing.checkPath(path);
    entries.set(path, {
      offset: start,
      storedBytes: sizeBytes,
      sizeBytes,
      method: 'stored',
      crc32: null,
    });
  }
  throw listing.invalid('…', 'is cut: it has no end mark');
}

interface TarHeader {
  readonly type: string;
  readonly name: string;
  readonly sizeBytes: number;
}

function readHeader(header: Buffer, listing: Listing, extension: Extension): TarHeader {
  const text = (start: number, length: number): string =>
    header.toString('utf8', start, start + length).replace(/\0.*$/s, '');
  const ownName = text(0, 100);
  if (checksumOf(header) !== Number.parseInt(text(148, 8), 8)) {
    throw listing.invalid(ownName, 'is no tar header');
  }
  const isUstar = header.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isUstar ? text(345, 155) : '';
  const flag = String.fromCodePoint(header[156] ?? 0);
  const type = flag === '\0' || flag === '7' ? '0' : flag;
  const isMeta = type === 'x' || type === 'L' || type === 'g';
  const sizeBytes = (isMeta ? undefined : extension.size) ?? readSize(header);
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) {
    throw listing.invalid(ownName, 'has no valid size');
  }
  const joined = prefix === '' ? ownName : `${prefix}/${ownName}`;
  const name = (isMeta ? undefined : extension.path) ?? joined;
  return { type, name, sizeBytes: type === '5' ? 0 : sizeBytes };
}

/** Octal digits, or a binary number where the first bit is set (GNU, above 8 GB). */
function readSize(header: Buffer): number {
  if (((header[124] ?? 0) & 0x80) !== 0) return Number(header.readBigUInt64BE(128));
  const text = header.toString('latin1', 124, 136).replaceAll(/[\0 ]/g, '');
  return /^[0-7]*$/.test(text) ? Number.parseInt(text || '0', 8) : Number.NaN;
}

/** The checksum field itself counts as spaces. */
function checksumOf(header: Buffer): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 32 : byte), 0);
}

function readExtension(type: string, content: Buffer): Extension {
  const records = readTarExtension(type, content);
  const [path, size] = [records.get('path'), records.get('size')];
  return { ...(path !== undefined && { path }), ...(size !== undefined && { size: Number(size) }) };
}

async function readAt(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  await handle.read(buffer, 0, length, offset);
  return buffer;
}
