/** The payload log as Parquet. Encoding and writing is done by a thread, so that no request waits for it. */
import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { tableThreadUrl } from '../table-thread-url.ts';
import { entryBytes, type PayloadEntry } from './payload-entry.ts';
import type { PayloadFileOptions, PayloadSink } from './payload-sink.ts';
import type { TableOptions, TableOutcome } from './rotated-tables.ts';
import type { TableCall } from './table-message.ts';

/** Longest time that entries wait until they are handed over, and until they are written, in milliseconds. */
const handOverMs = 100;
const writeMs = 10_000;
/** Entries beyond so many bytes that wait are dropped. */
const mostBytes = 64 * 2 ** 20;

/** `FILE.parquet`, and put aside `FILE.1.parquet`. */
export class PayloadTables implements PayloadSink {
  dropped = 0;
  readonly #onError: (error: Error) => void;
  readonly #thread: Worker;
  readonly #ended: Promise<void>;
  #isAlive = true;
  #isFailing = false;
  #waiting: PayloadEntry[] = [];
  /** Entries that are neither written nor dropped. */
  #open = { entries: 0, bytes: 0 };
  #timer: NodeJS.Timeout | undefined;

  /** @throws what opening the file throws */
  constructor({ file, fileBytes, files, onError }: PayloadFileOptions) {
    tryToOpen(file);
    this.#onError = onError;
    const options: TableOptions = { file, fileBytes, files, waitMs: writeMs };
    this.#thread = new Worker(tableThreadUrl, { execArgv: [], workerData: options });
    this.#thread.unref();
    this.#thread.on('message', (outcome: TableOutcome) => this.#note(outcome));
    this.#thread.on('error', (error) => this.#fail(error.message));
    this.#ended = new Promise((resolve) => {
      this.#thread.on('exit', () => {
        this.#isAlive = false;
        this.#note({ ...this.#open, failure: 'the thread that writes it has ended' });
        resolve();
      });
    });
  }

  write(entry: PayloadEntry): void {
    const bytes = entryBytes(entry);
    if (!this.#isAlive || this.#open.bytes + bytes > mostBytes) {
      this.dropped += 1;
      return;
    }
    this.#open.entries += 1;
    this.#open.bytes += bytes;
    this.#waiting.push(entry);
    this.#timer ??= setTimeout(() => this.#handOver(), handOverMs).unref();
  }

  async close(): Promise<void> {
    this.#handOver();
    this.#thread.ref();
    this.#say(null);
    await this.#ended;
  }

  #handOver(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const entries = this.#waiting;
    this.#waiting = [];
    if (entries.length > 0) this.#say(entries);
  }

  #say(call: TableCall): void {
    this.#thread.postMessage(call);
  }

  #note({ entries, bytes, failure }: TableOutcome): void {
    if (entries === 0) return;
    this.#open.entries -= entries;
    this.#open.bytes -= bytes;
    if (failure === null) {
      this.#isFailing = false;
      return;
    }
    this.dropped += entries;
    this.#fail(failure);
  }

  #fail(why: string): void {
    if (!this.#isFailing) this.#onError(new Error(why));
    this.#isFailing = true;
  }
}

/** The file is begun with its first entries; whether it can be is told at once. */
function tryToOpen(file: string): void {
  const isThere = existsSync(file);
  closeSync(openSync(file, 'a'));
  if (!isThere) rmSync(file);
}
