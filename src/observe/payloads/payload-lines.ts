/** The payload log as lines of JSON in a file that is put aside when it is full: `FILE.1`, `FILE.2`. */
import { fstatSync, openSync } from 'node:fs';
import { LineWriter } from '../line-writer.ts';
import type { PayloadEntry } from './payload-entry.ts';
import type { PayloadFileOptions, PayloadSink } from './payload-sink.ts';
import { shiftFiles } from './shift-files.ts';

/** One object of JSON a line, appended to what is there. */
export class PayloadLines implements PayloadSink {
  readonly #options: PayloadFileOptions;
  #writer: LineWriter;
  #bytes: number;
  #droppedBefore = 0;
  #closing: Promise<void> = Promise.resolve();

  /** @throws what opening the file throws */
  constructor(options: PayloadFileOptions) {
    this.#options = options;
    const fd = openSync(options.file, 'a');
    this.#bytes = fstatSync(fd).size;
    this.#writer = this.#writerOf(fd);
  }

  get dropped(): number {
    return this.#droppedBefore + this.#writer.dropped;
  }

  write(entry: PayloadEntry): void {
    const line = `${asciiJson(entry)}\n`;
    if (this.#bytes > 0 && this.#bytes + line.length > this.#options.fileBytes) this.#rotate();
    this.#bytes += line.length;
    this.#writer.write(line);
  }

  async close(): Promise<void> {
    await Promise.all([this.#closing, this.#writer.close()]);
  }

  /** The old file is still written to under its new name, until all of its lines are there. */
  #rotate(): void {
    const { file, files, onError } = this.#options;
    try {
      shiftFiles((number) => (number === 0 ? file : `${file}.${number}`), files);
      const fd = openSync(file, 'a');
      const old = this.#writer;
      this.#writer = this.#writerOf(fd);
      this.#bytes = 0;
      this.#closing = this.#retire(old, this.#closing);
    } catch (error) {
      // The lines go on into the present file; the next attempt is after as many again.
      this.#bytes = 0;
      onError(error as Error);
    }
  }

  async #retire(old: LineWriter, before: Promise<void>): Promise<void> {
    await Promise.all([before, old.close()]);
    this.#droppedBefore += old.dropped;
  }

  #writerOf(fd: number): LineWriter {
    return new LineWriter({ fd, onError: this.#options.onError });
  }
}

function asciiJson(value: PayloadEntry): string {
  return JSON.stringify(value).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
