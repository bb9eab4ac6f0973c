/** One thread that reads Parquet bodies, one after the other, as its owner sees it. */
import { Worker } from 'node:worker_threads';
import type { Frame } from '../../data/frame.ts';
import { slipwayError } from '../../errors/slipway-error.ts';
import { parquetThreadUrl } from '../parquet-thread-url.ts';
import { parquetError } from './parquet-error.ts';
import type { ParquetCall, ParquetReply } from './parquet-message.ts';

const youngGenerationMb = 32;

/** The body that is being read. */
interface Reading {
  readonly timeMs: number;
  readonly resolve: (frame: Frame) => void;
  readonly reject: (error: unknown) => void;
}

/** Starts the thread. It keeps the process alive only while it reads. */
export class ParquetReader {
  readonly memoryMb: number;
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  #isReady = false;
  #isAlive = true;
  #reading: Reading | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(memoryMb: number) {
    this.memoryMb = memoryMb;
    this.#worker = new Worker(parquetThreadUrl, {
      execArgv: [],
      resourceLimits: {
        maxOldGenerationSizeMb: memoryMb,
        maxYoungGenerationSizeMb: youngGenerationMb,
      },
    });
    this.#worker.unref();
    this.#worker.on('message', (reply: ParquetReply) => this.#receive(reply));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#ended = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        this.#fail(new Error(`the thread that reads it ended with ${code}`));
        resolve();
      });
    });
  }

  /** False from the moment the thread failed, or is asked to end. */
  get isAlive(): boolean {
    return this.#isAlive;
  }

  /**
   * Reads a body; the caller's bytes stay as they are.
   *
   * @throws INVALID_INPUT for a body that cannot be read, or not within the memory and `timeMs`
   */
  async read(body: Uint8Array, timeMs: number): Promise<Frame> {
    const copy = Uint8Array.prototype.slice.call(
      new Uint8Array(body.buffer, body.byteOffset, body.length),
    );
    const call: ParquetCall = { body: copy, memoryBytes: this.memoryMb * 2 ** 20 };
    this.#worker.ref();
    try {
      return await new Promise((resolve, reject) => {
        this.#reading = { timeMs, resolve, reject };
        this.#worker.postMessage(call, [copy.buffer]);
        if (this.#isReady) this.#startTimer();
      });
    } finally {
      clearTimeout(this.#timer);
      this.#reading = null;
      this.#worker.unref();
    }
  }

  /** Ends the thread, whatever it does. */
  async end(): Promise<void> {
    this.#isAlive = false;
    await this.#worker.terminate();
    await this.#ended;
  }

  #startTimer(): void {
    const reading = this.#reading;
    if (reading === null) return;
    const { timeMs, reject } = reading;
    this.#timer = setTimeout(() => {
      this.#isAlive = false;
      reject(
        parquetError(`reading it takes longer than ${timeMs / 1000} s; send fewer rows at once`),
      );
    }, timeMs);
  }

  #receive(reply: ParquetReply): void {
    switch (reply.kind) {
      case 'ready':
        this.#isReady = true;
        this.#startTimer();
        return;
      case 'frame':
        this.#reading?.resolve(reply.frame);
        return;
      case 'error': {
        const { code, message, details } = reply;
        this.#reading?.reject(slipwayError(code, message, { details }));
      }
    }
  }

  /** What ends a thread that has started is the fault of the body; a thread that does not start is a bug. */
  #fail(error: Error & { readonly code?: unknown }): void {
    this.#isAlive = false;
    const isMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    const reason = isMemory
      ? `reading it takes more than ${this.memoryMb} MB of memory; send fewer rows at once`
      : error.message;
    this.#reading?.reject(this.#isReady ? parquetError(reason, error) : error);
  }
}
