/**
 * A Parquet file that grows, and is complete after each write. Groups of rows stand one after the other, then the footer.
 * A write goes over the footer, and over the last group while that is small: it is written anew with the rows that came.
 */
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import { payloadColumns } from './payload-columns.ts';
import type { PayloadEntry } from './payload-entry.ts';

/** A group of so many bytes is left as it is. */
const fullGroupBytes = 2 ** 20;

/** One file, begun anew. */
export class TableFile {
  /** Bytes of the whole. */
  sizeBytes = 0;
  readonly #fd: number;
  readonly #bytes = new ByteWriter();
  readonly #parquet: ParquetWriter;
  /** What stands before the last group. */
  #fixed = { groups: 0, rows: 0n, endsAt: 0 };
  /** The last group. */
  #entries: readonly PayloadEntry[] = [];

  /** @throws what the file system throws */
  constructor(file: string) {
    this.#fd = openSync(file, 'w');
    this.#parquet = new ParquetWriter({
      writer: this.#bytes,
      schema: schemaFromColumnData({ columnData: payloadColumns([]) }),
      createdBy: 'slipway',
    });
    const { offset } = this.#bytes;
    this.#save(0);
    this.#fixed.endsAt = offset;
    this.#writeGroup([]);
  }

  /**
   * Adds rows. Where the disk does not take them, the file is left with those that it had; where it does not even take
   * them, the next call that succeeds mends it.
   *
   * @throws what the file system throws
   */
  add(entries: readonly PayloadEntry[]): void {
    const before = this.#entries;
    try {
      this.#writeGroup([...before, ...entries]);
    } catch (error) {
      try {
        this.#writeGroup(before);
      } catch {
        // The first failure is told.
      }
      throw error;
    }
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** Makes `entries` the last group, and the file end with it. */
  #writeGroup(entries: readonly PayloadEntry[]): void {
    const { groups, rows, endsAt } = this.#fixed;
    const [parquet, bytes] = [this.#parquet, this.#bytes];
    parquet.row_groups.length = groups;
    parquet.num_rows = rows;
    parquet.pendingIndexes = [];
    bytes.index = 0;
    bytes.offset = endsAt;
    if (entries.length > 0) {
      void parquet.write({ columnData: payloadColumns(entries), rowGroupSize: entries.length });
    }
    const groupEndsAt = bytes.offset;
    void parquet.finish();
    this.#save(endsAt);
    this.sizeBytes = bytes.offset;
    const isFull = groupEndsAt - endsAt >= fullGroupBytes;
    this.#entries = isFull ? [] : entries;
    if (!isFull) return;
    this.#fixed = {
      groups: parquet.row_groups.length,
      rows: parquet.num_rows,
      endsAt: groupEndsAt,
    };
  }

  /** Puts what was encoded at `position`, and lets the file end there. */
  #save(position: number): void {
    const bytes = this.#bytes.getBytes();
    for (let at = 0; at < bytes.length;) {
      at += writeSync(this.#fd, bytes, at, bytes.length - at, position + at);
    }
    ftruncateSync(this.#fd, position + bytes.length);
  }
}
