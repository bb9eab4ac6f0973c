/**
 * A sample of requests with their answers, for drift detection and debugging: one object of JSON a line. Written behind the
 * requests' backs: what the disk cannot take is dropped and counted.
 */
import { closeSync, fstatSync, openSync, renameSync, rmSync } from 'node:fs';
import { LineWriter } from './line-writer.ts';
import type { KeptPayload, ObservedRequest } from './observed-request.ts';

/** Options of {@link openPayloadLog}. */
export interface PayloadLogOptions {
  readonly file: string;
  /** Share of requests that are kept, 0 to 1. */
  readonly sample: number;
  /** Most bytes of a body, and of an answer, that are kept. */
  readonly maxBytes: number;
  /** Bytes after which another file is begun. */
  readonly fileBytes: number;
  /** Files that are kept, the present one included: `FILE`, `FILE.1`, the newest first. */
  readonly files: number;
  /** Hears the first of failures in a row. */
  readonly onError: (error: Error) => void;
}

/** Keeps a sample of the requests of a server. */
export interface PayloadLog {
  /** Lines that could not be written. */
  readonly dropped: number;
  /** Lines that were handed over for writing. */
  readonly kept: number;
  /** Chooses requests: those that get a payload are kept. */
  begin(request: ObservedRequest): void;
  /** Writes a request that was chosen. */
  end(request: ObservedRequest, status: number, endedAtMs: number): void;
  close(): Promise<void>;
}

/** Opens the log. @throws what opening the file throws */
export function openPayloadLog(options: PayloadLogOptions): PayloadLog {
  const { sample, maxBytes } = options;
  const log = new RotatedLog(options);
  let kept = 0;
  return {
    get dropped() {
      return log.dropped;
    },
    get kept() {
      return kept;
    },
    begin: (request) => {
      if (Math.random() < sample) {
        request.payload = { body: null, answer: [], roomBytes: maxBytes };
      }
    },
    end: (request, status, endedAtMs) => {
      const { payload, arrival } = request;
      // Only what was asked of a model is worth keeping.
      if (payload === null || request.model === null) return;
      kept += 1;
      log.write(lineOf(request, payload, { status, endedAtMs, maxBytes }, arrival.method));
    },
    close: () => log.close(),
  };
}

interface Ended {
  readonly status: number;
  readonly endedAtMs: number;
  readonly maxBytes: number;
}

function lineOf(
  request: ObservedRequest,
  { body, answer }: KeptPayload,
  { status, endedAtMs, maxBytes }: Ended,
  method = '',
): string {
  const { arrival, model, rows, errorCode, trace } = request;
  const [path] = (arrival.url ?? '').split('?', 1);
  const sent = Buffer.concat(answer.map((part) => Buffer.from(part as Uint8Array)));
  const entry = {
    time: new Date(performance.timeOrigin + request.startedAtMs).toISOString(),
    requestId: request.requestId,
    ...(trace !== null && { traceId: trace.traceId }),
    method,
    path,
    status,
    model: model?.name,
    version: model?.version,
    ...(rows >= 0 && { rows }),
    durationMs: Math.round((endedAtMs - request.startedAtMs) * 1000) / 1000,
    ...(errorCode !== '' && { error: errorCode }),
    ...textOf('request', body ?? new Uint8Array(), maxBytes),
    ...textOf('response', sent, maxBytes, request.bytesOut),
  };
  return `${asciiJson(entry)}\n`;
}

/** As text where it is one, else as base64; cut where it is too long. */
function textOf(
  name: string,
  bytes: Uint8Array,
  maxBytes: number,
  totalBytes: number = bytes.length,
): Record<string, unknown> {
  const part = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, maxBytes));
  const text = part.toString('utf8');
  const isText = !text.slice(0, -1).includes('\ufffd');
  return {
    [isText ? name : `${name}Base64`]: isText ? text : part.toString('base64'),
    ...(part.length < totalBytes && { [`${name}Bytes`]: totalBytes }),
  };
}

function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Lines in a file that is put aside when it is full. */
class RotatedLog {
  readonly #options: PayloadLogOptions;
  #writer: LineWriter;
  #bytes: number;
  #droppedBefore = 0;
  #closing: Promise<void> = Promise.resolve();

  constructor(options: PayloadLogOptions) {
    this.#options = options;
    const fd = openSync(options.file, 'a');
    this.#bytes = fstatSync(fd).size;
    this.#writer = this.#writerOf(fd);
  }

  get dropped(): number {
    return this.#droppedBefore + this.#writer.dropped;
  }

  write(line: string): void {
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
      rmSync(`${file}.${files - 1}`, { force: true });
      for (let n = files - 2; n >= 1; n--) moveIfThere(`${file}.${n}`, `${file}.${n + 1}`);
      if (files > 1) moveIfThere(file, `${file}.1`);
      else rmSync(file, { force: true });
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

function moveIfThere(from: string, to: string): void {
  try {
    closeSync(openSync(from, 'r'));
  } catch {
    return;
  }
  renameSync(from, to);
}
