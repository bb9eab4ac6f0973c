/**
 * Writes lines to a file or a pipe without ever making a request wait: they are gathered in memory and written by
 * the thread pool. What a slow or full disk cannot take is dropped and counted. Lines are copied into buffers at
 * once: as strings they would outlive the young generation, and collecting them cost more than all the rest.
 */
import { close, fstatSync, write, writeSync } from 'node:fs';
import { AsciiLine } from './ascii-line.ts';

/** Options of {@link LineWriter}. */
export interface LineWriterOptions {
  /** Open descriptor, which {@link LineWriter.close} closes unless it is that of the process's own streams. */
  readonly fd: number;
  /** Other processes write to it as well; lines that meet in a pipe stay whole then. Default: false. */
  readonly isShared?: boolean;
  /** Most buffers of 512 KiB that wait; lines beyond are dropped. Default: 16. */
  readonly maxBuffers?: number;
  /** Hears the first of failures in a row. */
  readonly onError?: (error: Error) => void;
}

/** Handing a buffer to the thread pool costs 100 µs, however much is in it; memory that nothing was written to costs nothing. */
const bufferBytes = 512 * 1024;
/** What one write to a pipe may hold for no other to get in between (POSIX promises 512, Linux and macOS give more). */
const pipeBytes = process.platform === 'linux' ? 4096 : 512;
const lineEnd = 10;
/** Longest time that a line waits for others, in milliseconds. */
const flushMs = 100;
/** Wait before a full pipe is tried again, in milliseconds. */
const retryMs = 20;
/** Descriptors of the process's own streams. */
const lastStandardFd = 2;

/** Lines that are written together. */
interface Batch {
  bytes: Buffer;
  length: number;
  lines: number;
}

/** Gathers lines of ASCII. */
export class LineWriter {
  /** Lines that were given up. */
  dropped = 0;
  readonly #fd: number;
  readonly #maxBuffers: number;
  /** Most bytes of one write. */
  readonly #pieceBytes: number;
  readonly #onError: (error: Error) => void;
  readonly #full: Batch[] = [];
  readonly #line = new AsciiLine();
  #current: Batch = newBatch(bufferBytes);
  /** One that has been written, to be used again. */
  #spare: Batch | null = null;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> | null = null;
  #isFailing = false;

  constructor(options: LineWriterOptions) {
    const { fd, isShared = false, maxBuffers = 16, onError = () => undefined } = options;
    this.#fd = fd;
    this.#pieceBytes = isShared && isPipe(fd) ? pipeBytes : Number.POSITIVE_INFINITY;
    this.#maxBuffers = maxBuffers;
    this.#onError = onError;
    process.on('exit', this.#writeRest);
  }

  /** Begins a line of at most `longestBytes`; null where there is no room for it. Call {@link end} when it is complete. */
  begin(longestBytes: number): AsciiLine | null {
    if (this.#current.length + longestBytes > this.#current.bytes.length) {
      if (this.#full.length >= this.#maxBuffers) {
        this.dropped += 1;
        return null;
      }
      this.#rotate(longestBytes);
    }
    this.#line.bytes = this.#current.bytes;
    this.#line.at = this.#current.length;
    return this.#line;
  }

  /** The line that was begun is complete. */
  end(): void {
    this.#current.length = this.#line.at;
    this.#current.lines += 1;
    this.#timer ??= setTimeout(() => this.#flush(), flushMs).unref();
  }

  /** Takes a line with its end; each character is one byte. */
  write(text: string): void {
    const line = this.begin(text.length);
    if (line === null) return;
    line.at += this.#current.bytes.write(text, line.at, 'latin1');
    this.end();
  }

  /** Writes what is left and closes the file. */
  async close(): Promise<void> {
    while (this.#writing !== null || this.#current.lines > 0) {
      this.#flush();
      await this.#writing;
    }
    if (this.#timer !== null) clearTimeout(this.#timer);
    process.off('exit', this.#writeRest);
    if (this.#fd <= lastStandardFd) return;
    await new Promise<void>((resolve) => close(this.#fd, () => resolve()));
  }

  /** Few bytes are not worth a write, unless they have waited long. */
  #flush(): void {
    this.#timer = null;
    if (this.#current.lines > 0) this.#rotate();
  }

  /** Begins another buffer, with room for so many bytes. */
  #rotate(atLeastBytes = 0): void {
    if (this.#current.lines > 0) this.#full.push(this.#current);
    if (atLeastBytes > bufferBytes) {
      this.#current = newBatch(atLeastBytes);
    } else {
      this.#current = this.#spare ?? newBatch(bufferBytes);
      this.#spare = null;
    }
    this.#writing ??= this.#writeBatches();
  }

  async #writeBatches(): Promise<void> {
    for (let batch = this.#full.shift(); batch !== undefined; batch = this.#full.shift()) {
      try {
        await this.#writeAll(batch);
        this.#isFailing = false;
      } catch (error) {
        this.dropped += batch.lines;
        if (!this.#isFailing) this.#onError(error as Error);
        this.#isFailing = true;
      }
      if (batch.bytes.length === bufferBytes) {
        this.#spare = Object.assign(batch, { length: 0, lines: 0 });
      }
    }
    this.#writing = null;
  }

  async #writeAll({ bytes, length }: Batch): Promise<void> {
    for (let at = 0; at < length;) {
      const to = this.#endOfPiece(bytes, at, length);
      const written = await writeSome(this.#fd, bytes.subarray(at, to));
      at += written;
      if (written === 0) await new Promise((resolve) => setTimeout(resolve, retryMs).unref());
    }
  }

  /** As many whole lines as one write takes, but at least one. */
  #endOfPiece(bytes: Buffer, at: number, length: number): number {
    if (length - at <= this.#pieceBytes) return length;
    const last = bytes.lastIndexOf(lineEnd, at + this.#pieceBytes - 1);
    return 1 + (last >= at ? last : bytes.indexOf(lineEnd, at));
  }

  readonly #writeRest = (): void => {
    try {
      for (const { bytes, length } of [...this.#full, this.#current]) {
        for (let at = 0; at < length;) {
          at += writeSync(this.#fd, bytes, at, this.#endOfPiece(bytes, at, length) - at);
        }
      }
    } catch {
      // Nobody is left to tell.
    }
  };
}

function isPipe(fd: number): boolean {
  const stats = fstatSync(fd);
  return stats.isFIFO() || stats.isSocket();
}

function newBatch(bytes: number): Batch {
  return { bytes: Buffer.allocUnsafeSlow(bytes), length: 0, lines: 0 };
}

/** Bytes written; 0 where a pipe is full. */
function writeSome(fd: number, bytes: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    write(fd, bytes, 0, bytes.length, null, (error, written) => {
      if (error === null) resolve(written);
      else if (error.code === 'EAGAIN') resolve(0);
      else reject(error);
    });
  });
}
