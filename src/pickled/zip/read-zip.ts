/**
 * Zip archives, read as Python's zipfile reads them and no further: stored and deflated members, checked
 * against their declared sizes, checksums and each other before memory is taken.
 * Source: PKWARE APPNOTE 6.3.10; CPython 3.13 Lib/zipfile.
 */
import { crc32, inflateRawSync } from 'node:zlib';
import type { Budget } from '../budget.ts';
import { invalidFile } from '../invalid-file.ts';
import { readDirectory, type ZipEntry } from './read-directory.ts';

const localHeaderSize = 30;
const localSignature = 0x04034b50;

/** The members of an archive by name. */
export class ZipArchive {
  readonly #bytes: Buffer;
  readonly #entries: ReadonlyMap<string, ZipEntry>;
  readonly #budget: Budget;

  /** Reads the directory. @throws MODEL_FILE_INVALID */
  constructor(bytes: Uint8Array, budget: Budget) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#entries = readDirectory(this.#bytes);
    this.#budget = budget;
  }

  /** True if there is a member of that name. */
  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** The content of a member; stored members share the memory of the archive. @throws MODEL_FILE_INVALID */
  read(name: string): Uint8Array {
    const entry = this.#entries.get(name);
    const where = `archive member ${name.slice(0, 80)}`;
    if (entry === undefined) throw invalidFile('a member of the archive is missing', where);
    const packed = this.#packed(entry, where);
    const content = entry.method === 0 ? packed : this.#inflate(packed, entry, where);
    if (content.length !== entry.sizeBytes) {
      throw invalidFile('a member is not as long as the archive says', where);
    }
    if (crc32(content) !== entry.checksum) throw invalidFile('a checksum does not match', where);
    return content;
  }

  #packed(entry: ZipEntry, where: string): Buffer {
    const start = entry.headerOffset;
    const header = this.#bytes.subarray(start, start + localHeaderSize);
    if (header.length < localHeaderSize || header.readUInt32LE(0) !== localSignature) {
      throw invalidFile('a member has no header where the directory says', where);
    }
    const data = start + localHeaderSize + header.readUInt16LE(26) + header.readUInt16LE(28);
    if (data + entry.packedBytes > entry.limit) {
      throw invalidFile('a member overlaps what follows it', where);
    }
    return this.#bytes.subarray(data, data + entry.packedBytes);
  }

  #inflate(packed: Buffer, entry: ZipEntry, where: string): Uint8Array {
    this.#budget.take(entry.sizeBytes, where);
    try {
      return inflateRawSync(packed, { maxOutputLength: entry.sizeBytes + 1 });
    } catch {
      throw invalidFile('a member is not compressed as the archive says', where);
    }
  }
}
