/** Input of `predict`: a file, or stdin spooled to a temporary file where it must be read twice. */
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createWriteStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline as flow } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { slipwayError } from '../errors/slipway-error.ts';
import type { PredictFileOptions } from './predict-file-options.ts';

/** Bytes taken from a file at once. */
const pieceBytes = 1 << 20;

/** An input that can be opened. */
export interface PredictInput {
  /** null when it is a stream. */
  readonly totalBytes: number | null;
  /** Bytes taken from the file since the last {@link open}. */
  readonly bytesRead: number;
  /** Starts reading from the beginning; a stream can be opened once. */
  open(): AsyncIterable<Uint8Array>;
  /** Makes it possible to open twice. */
  makeRereadable(): Promise<void>;
  close(): Promise<void>;
}

/** @throws INPUT_FILE_UNREADABLE */
export async function openPredictInput(options: PredictFileOptions): Promise<PredictInput> {
  const { inputPath } = options;
  if (inputPath === undefined) return new StreamInput(options.stdin ?? process.stdin);
  const info = await stat(inputPath).catch((error: unknown) => {
    throw unreadable(inputPath, error);
  });
  // pandas tells by the name.
  const isGzip = options.contentType === 'csv' && inputPath.toLowerCase().endsWith('.gz');
  return new FileInput(inputPath, info.isFile() ? info.size : null, { isGzip });
}

/** The whole input. */
export async function readAll(input: PredictInput): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of input.open()) pieces.push(piece);
  return Buffer.concat(pieces);
}

function unreadable(path: string, cause: unknown): Error {
  const isAbsent = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  const message = cause instanceof Error ? cause.message : String(cause);
  // In the words of MLflow's last line, for which its own tests look, and scripts may.
  const reason = isAbsent ? 'FileNotFoundError: there is no such file' : message;
  return slipwayError('INPUT_FILE_UNREADABLE', `The input file ${path} cannot be read: ${reason}`, {
    details: { path },
    cause,
  });
}

function gunzip(pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  // A failure shows in the iteration.
  return flow(pieces, createGunzip(), () => undefined);
}

class FileInput implements PredictInput {
  readonly totalBytes: number | null;
  bytesRead = 0;
  readonly #path: string;
  readonly #isGzip: boolean;

  constructor(path: string, totalBytes: number | null, { isGzip }: { readonly isGzip: boolean }) {
    this.#path = path;
    this.#isGzip = isGzip;
    this.totalBytes = totalBytes;
  }

  async *open(): AsyncGenerator<Uint8Array> {
    this.bytesRead = 0;
    try {
      yield* this.#isGzip ? gunzip(this.#read()) : this.#read();
    } catch (error) {
      throw unreadable(this.#path, error);
    }
  }

  async *#read(): AsyncGenerator<Uint8Array> {
    for await (const piece of createReadStream(this.#path, { highWaterMark: pieceBytes })) {
      this.bytesRead += (piece as Buffer).length;
      yield piece as Buffer;
    }
  }

  async makeRereadable(): Promise<void> {
    // A file already is.
  }

  async close(): Promise<void> {
    // The stream closes itself.
  }
}

class StreamInput implements PredictInput {
  readonly #stream: NodeJS.ReadableStream;
  #directory: string | null = null;
  #spool: FileInput | null = null;
  #bytesRead = 0;

  constructor(stream: NodeJS.ReadableStream) {
    this.#stream = stream;
  }

  get totalBytes(): number | null {
    return this.#spool?.totalBytes ?? null;
  }

  get bytesRead(): number {
    return this.#spool?.bytesRead ?? this.#bytesRead;
  }

  open(): AsyncIterable<Uint8Array> {
    return this.#spool?.open() ?? this.#read();
  }

  async makeRereadable(): Promise<void> {
    this.#directory = await mkdtemp(join(tmpdir(), 'slipway-'));
    const path = join(this.#directory, 'stdin');
    await pipeline(this.#stream, createWriteStream(path, { mode: 0o600 }));
    this.#spool = new FileInput(path, (await stat(path)).size, { isGzip: false });
  }

  async close(): Promise<void> {
    if (this.#directory !== null) await rm(this.#directory, { recursive: true, force: true });
  }

  async *#read(): AsyncGenerator<Uint8Array> {
    for await (const piece of this.#stream) {
      const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
      this.#bytesRead += bytes.length;
      yield bytes;
    }
  }
}
