/** Pages of a SQLite database, with those of its write-ahead log over them. Source: sqlite.org/fileformat2.html. */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { readWal } from './read-wal.ts';

/** Pages by their number, from 1. */
export interface PageSource {
  /** Bytes of a page that hold content. */
  readonly usableBytes: number;
  readonly pageCount: number;
  /** @throws SqliteError for a page that is not there */
  page(number: number): Buffer;
  /** Changes with every transaction. */
  version(): string;
  close(): void;
}

/** The file is no database that can be read here; the message says why. */
export class SqliteError extends Error {}

const headerBytes = 100;
const utf8 = 1;
/** First byte of a rollback journal that is in use; a finished one is emptied, zeroed or removed. */
const journalMagic = 0xd9;

/** Opens `file` for reading. @throws SqliteError */
export function openPages(file: string): PageSource {
  const descriptor = openSync(file, 'r');
  try {
    return new FilePages(file, descriptor);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

class FilePages implements PageSource {
  readonly usableBytes: number;
  readonly pageCount: number;
  readonly #descriptor: number;
  readonly #pageBytes: number;
  readonly #wal: ReadonlyMap<number, Buffer>;
  readonly #file: string;

  constructor(file: string, descriptor: number) {
    this.#file = file;
    this.#descriptor = descriptor;
    const header = this.#read(0, headerBytes);
    if (header.toString('latin1', 0, 16) !== 'SQLite format 3\0') {
      throw new SqliteError('it is no SQLite database');
    }
    const size = header.readUInt16BE(16);
    this.#pageBytes = size === 1 ? 65_536 : size;
    this.usableBytes = this.#pageBytes - (header[20] ?? 0);
    const isPower = (this.#pageBytes & (this.#pageBytes - 1)) === 0;
    if (!isPower || this.#pageBytes < 512 || this.usableBytes < 480) {
      throw new SqliteError(`it has pages of ${this.#pageBytes} bytes`);
    }
    if (header.readUInt32BE(56) > utf8) throw new SqliteError('its texts are not UTF-8');
    if (isJournalHot(`${file}-journal`)) throw new SqliteError('it is being written');
    this.#wal = readWal(`${file}-wal`, this.#pageBytes);
    const inFile = Math.floor(fstatSync(descriptor).size / this.#pageBytes);
    this.pageCount = [...this.#wal.keys()].reduce((most, number) => Math.max(most, number), inFile);
  }

  page(number: number): Buffer {
    if (!Number.isSafeInteger(number) || number < 1 || number > this.pageCount) {
      throw new SqliteError(`it has no page ${number}`);
    }
    return this.#wal.get(number) ?? this.#read((number - 1) * this.#pageBytes, this.#pageBytes);
  }

  version(): string {
    const counter = this.#read(24, 4).readUInt32BE(0);
    const log = statSync(`${this.#file}-wal`, { throwIfNoEntry: false });
    return `${counter} ${log?.size ?? 0} ${log?.mtimeMs ?? 0} ${isJournalHot(`${this.#file}-journal`)}`;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #read(offset: number, length: number): Buffer {
    const buffer = Buffer.alloc(length);
    const count = readSync(this.#descriptor, buffer, 0, length, offset);
    if (count < length) throw new SqliteError('it is cut');
    return buffer;
  }
}

/** It may go away at any moment. */
function isJournalHot(file: string): boolean {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const first = Buffer.alloc(1);
      return readSync(descriptor, first, 0, 1, 0) === 1 && first[0] === journalMagic;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false;
  }
}
