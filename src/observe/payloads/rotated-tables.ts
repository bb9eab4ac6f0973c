/** The payload log as files of Parquet: entries are gathered, written as groups of rows, and files put aside when full. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { entryBytes, type PayloadEntry } from './payload-entry.ts';
import { shiftFiles } from './shift-files.ts';
import { TableFile } from './table-file.ts';

/** Options of {@link RotatedTables}. */
export interface TableOptions {
  readonly file: string;
  readonly fileBytes: number;
  readonly files: number;
  /** Longest time that an entry waits for others, in milliseconds. */
  readonly waitMs: number;
}

/** What became of entries. */
export interface TableOutcome {
  readonly entries: number;
  /** As {@link entryBytes} counts them. */
  readonly bytes: number;
  /** Null where they were written. */
  readonly failure: string | null;
}

/** Entries that make up a group of their own, in bytes. */
const mostWaitingBytes = 4 * 2 ** 20;

/** Writes when asked to; everything here blocks its thread. */
export class RotatedTables {
  readonly #options: TableOptions;
  readonly #onDone: (outcome: TableOutcome) => void;
  #table: TableFile | null = null;
  #waiting: PayloadEntry[] = [];
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: TableOptions, onDone: (outcome: TableOutcome) => void) {
    this.#options = options;
    this.#onDone = onDone;
  }

  add(entries: readonly PayloadEntry[]): void {
    for (const entry of entries) {
      this.#waiting.push(entry);
      this.#waitingBytes += entryBytes(entry);
    }
    const { fileBytes, waitMs } = this.#options;
    if (this.#waitingBytes >= Math.min(mostWaitingBytes, fileBytes)) this.#write();
    else this.#timer ??= setTimeout(() => this.#write(), waitMs);
  }

  close(): void {
    this.#write();
    this.#table?.close();
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const [entries, bytes] = [this.#waiting, this.#waitingBytes];
    if (entries.length === 0) return;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#onDone({ entries: entries.length, bytes, failure: this.#tryWrite(entries) });
  }

  #tryWrite(entries: readonly PayloadEntry[]): string | null {
    try {
      const { file, files, fileBytes } = this.#options;
      this.#table ??= beginTable(file, files);
      this.#table.add(entries);
      if (this.#table.sizeBytes < fileBytes) return null;
      this.#table.close();
      this.#table = null;
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}

/** What is there is put aside; tools know the form by the end of the name, so the number stands before it. */
function beginTable(file: string, files: number): TableFile {
  const { dir, name, ext } = path.parse(file);
  const nameOf = (number: number): string =>
    number === 0 ? file : path.join(dir, `${name}.${number}${ext}`);
  const { size } = statSync(file, { throwIfNoEntry: false }) ?? { size: 0 };
  if (size > 0) shiftFiles(nameOf, files);
  return new TableFile(file);
}
