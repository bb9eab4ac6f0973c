/** The central directory of a zip archive: names, sizes and places of its members. */
import { invalidFile } from '../invalid-file.ts';

/** A member, as the directory describes it. */
export interface ZipEntry {
  readonly name: string;
  /** 0: stored; 8: deflated. */
  readonly method: number;
  readonly checksum: number;
  readonly packedBytes: number;
  readonly sizeBytes: number;
  readonly headerOffset: number;
  /** Where the next member or the directory begins. */
  readonly limit: number;
}

interface Directory {
  readonly start: number;
  readonly sizeBytes: number;
  readonly entryCount: number;
}

const endSignature = 0x06054b50;
const endSize = 22;
const longestComment = 65_535;
const locatorSignature = 0x07064b50;
const locatorSize = 20;
const largeEndSignature = 0x06064b50;
const largeEndSize = 56;
const entrySignature = 0x02014b50;
const entrySize = 46;
const largeExtra = 0x0001;
const encrypted = 0x1;
const unset32 = 0xffffffff;

/** Reads the directory. @throws MODEL_FILE_INVALID */
export function readDirectory(bytes: Buffer): ReadonlyMap<string, ZipEntry> {
  const directory = findDirectory(bytes);
  const entries: Omit<ZipEntry, 'limit'>[] = [];
  let at = directory.start;
  const end = directory.start + directory.sizeBytes;
  while (at < end) {
    const { entry, next } = readEntry(bytes, at, end);
    entries.push(entry);
    at = next;
  }
  if (entries.length !== directory.entryCount) {
    throw invalidFile('the directory of the archive lists another number of members', `byte ${at}`);
  }
  return limitEntries(entries, directory.start);
}

function findDirectory(bytes: Buffer): Directory {
  const least = Math.max(0, bytes.length - endSize - longestComment);
  for (let at = bytes.length - endSize; at >= least; at -= 1) {
    if (bytes.readUInt32LE(at) !== endSignature) continue;
    if (at + endSize + bytes.readUInt16LE(at + 20) > bytes.length) continue;
    return checkDirectory(readEnd(bytes, at), at);
  }
  throw invalidFile('it is not a zip archive, or its end is missing', `byte ${bytes.length}`);
}

function readEnd(bytes: Buffer, at: number): Directory {
  const large = readLargeEnd(bytes, at);
  if (large !== null) return large;
  return {
    entryCount: bytes.readUInt16LE(at + 10),
    sizeBytes: bytes.readUInt32LE(at + 12),
    start: bytes.readUInt32LE(at + 16),
  };
}

/** The zip64 record, where there is one. */
function readLargeEnd(bytes: Buffer, end: number): Directory | null {
  const locator = end - locatorSize;
  if (locator < 0 || bytes.readUInt32LE(locator) !== locatorSignature) return null;
  const at = Number(bytes.readBigUInt64LE(locator + 8));
  if (at + largeEndSize > locator || bytes.readUInt32LE(at) !== largeEndSignature) {
    throw invalidFile('the zip64 record of the archive is missing', `byte ${locator}`);
  }
  return {
    entryCount: Number(bytes.readBigUInt64LE(at + 32)),
    sizeBytes: Number(bytes.readBigUInt64LE(at + 40)),
    start: Number(bytes.readBigUInt64LE(at + 48)),
  };
}

function checkDirectory(directory: Directory, end: number): Directory {
  if (directory.start + directory.sizeBytes > end) {
    throw invalidFile('the directory of the archive lies beyond its end', `byte ${end}`);
  }
  return directory;
}

function readEntry(
  bytes: Buffer,
  at: number,
  end: number,
): { readonly entry: Omit<ZipEntry, 'limit'>; readonly next: number } {
  if (at + entrySize > end || bytes.readUInt32LE(at) !== entrySignature) {
    throw invalidFile('the directory of the archive is damaged', `byte ${at}`);
  }
  const nameEnd = at + entrySize + bytes.readUInt16LE(at + 28);
  const extraEnd = nameEnd + bytes.readUInt16LE(at + 30);
  const next = extraEnd + bytes.readUInt16LE(at + 32);
  if (next > end) throw invalidFile('the directory of the archive is damaged', `byte ${at}`);
  const method = bytes.readUInt16LE(at + 10);
  if ((bytes.readUInt16LE(at + 8) & encrypted) !== 0 || (method !== 0 && method !== 8)) {
    throw invalidFile('a member is encrypted or compressed by another method', `byte ${at}`);
  }
  const sizes = {
    sizeBytes: bytes.readUInt32LE(at + 24),
    packedBytes: bytes.readUInt32LE(at + 20),
    headerOffset: bytes.readUInt32LE(at + 42),
  };
  const entry = {
    name: bytes.toString('utf8', at + entrySize, nameEnd),
    method,
    checksum: bytes.readUInt32LE(at + 16),
    ...enlarge(sizes, bytes.subarray(nameEnd, extraEnd)),
  };
  return { entry, next };
}

type Sizes = Pick<ZipEntry, 'sizeBytes' | 'packedBytes' | 'headerOffset'>;

/** Replaces what does not fit 32 bits by the zip64 extra field. */
function enlarge(sizes: Sizes, extra: Buffer): Sizes {
  const unset = (Object.keys(sizes) as (keyof Sizes)[]).filter((key) => sizes[key] === unset32);
  if (unset.length === 0) return sizes;
  const large = { ...sizes } as Record<keyof Sizes, number>;
  const values = findExtra(extra, largeExtra);
  for (const [index, key] of unset.entries()) {
    if (8 * index + 8 > values.length) return sizes;
    large[key] = Number(values.readBigUInt64LE(8 * index));
  }
  return large;
}

function findExtra(extra: Buffer, wanted: number): Buffer {
  let at = 0;
  while (at + 4 <= extra.length) {
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === wanted) return extra.subarray(at + 4, end);
    at = end;
  }
  return extra.subarray(0, 0);
}

/** No member may reach into the next one, or into the directory; no name may occur twice. */
function limitEntries(
  entries: readonly Omit<ZipEntry, 'limit'>[],
  directoryStart: number,
): ReadonlyMap<string, ZipEntry> {
  const sorted = entries.toSorted((a, b) => a.headerOffset - b.headerOffset);
  const byName = new Map<string, ZipEntry>();
  for (const [index, entry] of sorted.entries()) {
    const limit = sorted[index + 1]?.headerOffset ?? directoryStart;
    if (byName.has(entry.name) || entry.headerOffset >= limit) {
      throw invalidFile('two members have the same name or place', `byte ${entry.headerOffset}`);
    }
    byName.set(entry.name, { ...entry, limit });
  }
  return byName;
}
