/**
 * The bytes from a worker, in whatever pieces they come, → messages. A buffer is copied once, into memory of
 * its own message, so that nothing keeps the pieces alive.
 */
import { checkFrameSizes, nonsense, parseFrameHeader } from './frame-header.ts';
import { prefixBytes } from './frame-limits.ts';
import type { Message, MessageHeader } from './message.ts';

const noBuffers: readonly Uint8Array[] = [];

/** Room between buffers so that each begins at a multiple of 8 bytes, as views of numbers need it. */
const alignment = 8;

/** Collects frames. After an error it takes nothing more. */
export class FrameDecoder {
  readonly #onMessage: (message: Message, frameBytes: number) => void;
  /** What is being filled: the prefix, a header that came in pieces, or a buffer. */
  #target: Buffer;
  #filled = 0;
  readonly #prefix: Buffer = Buffer.alloc(prefixBytes);
  #stage: 'prefix' | 'header' | 'buffers' = 'prefix';
  #headerBytes = 0;
  #bodyBytes = 0;
  #header: MessageHeader | null = null;
  #buffers: readonly Buffer[] = [];
  #bufferIndex = 0;

  constructor(onMessage: (message: Message, frameBytes: number) => void) {
    this.#onMessage = onMessage;
    this.#target = this.#prefix;
  }

  /** True between frames. */
  get idle(): boolean {
    return this.#stage === 'prefix' && this.#filled === 0;
  }

  /** Takes the next piece of the stream. @throws WORKER_PROTOCOL */
  push(chunk: Buffer): void {
    let offset = 0;
    while (offset < chunk.length) {
      offset +=
        this.#stage === 'header' ? this.#takeHeader(chunk, offset) : this.#fill(chunk, offset);
    }
  }

  /** Copies what belongs to the target. @returns bytes taken */
  #fill(chunk: Buffer, offset: number): number {
    const taken = chunk.copy(this.#target, this.#filled, offset);
    this.#filled += taken;
    if (this.#filled === this.#target.length) this.#complete();
    return taken;
  }

  /** A header that is in the chunk from end to end is parsed where it stands. */
  #takeHeader(chunk: Buffer, offset: number): number {
    const end = offset + this.#headerBytes;
    if (this.#filled > 0 || end > chunk.length) {
      if (this.#filled === 0) this.#target = Buffer.allocUnsafe(this.#headerBytes);
      return this.#fill(chunk, offset);
    }
    this.#openBody(chunk.toString('utf8', offset, end));
    return this.#headerBytes;
  }

  #complete(): void {
    if (this.#stage === 'prefix') this.#openHeader();
    else if (this.#stage === 'header') this.#openBody(this.#target.toString('utf8'));
    else this.#nextBuffer();
  }

  #openHeader(): void {
    const frameBytes = this.#prefix.readUInt32LE(0);
    this.#headerBytes = this.#prefix.readUInt32LE(4);
    checkFrameSizes(frameBytes, this.#headerBytes);
    if (this.#headerBytes === 0) throw nonsense('a frame without a header');
    this.#bodyBytes = frameBytes - 4 - this.#headerBytes;
    this.#stage = 'header';
    this.#filled = 0;
  }

  #openBody(text: string): void {
    const { header, bufferLengths } = parseFrameHeader(text, this.#bodyBytes);
    if (bufferLengths.length === 0) {
      this.#finish({ header, buffers: noBuffers });
      return;
    }
    this.#header = header;
    this.#buffers = allocateBuffers(bufferLengths);
    this.#bufferIndex = -1;
    this.#stage = 'buffers';
    this.#nextBuffer();
  }

  /** Goes on to the next buffer that is not empty, or to the end of the message. */
  #nextBuffer(): void {
    this.#filled = 0;
    while (++this.#bufferIndex < this.#buffers.length) {
      this.#target = this.#buffers[this.#bufferIndex] as Buffer;
      if (this.#target.length > 0) return;
    }
    this.#finish({ header: this.#header as MessageHeader, buffers: this.#buffers });
  }

  #finish(message: Message): void {
    this.#stage = 'prefix';
    this.#target = this.#prefix;
    this.#filled = 0;
    this.#header = null;
    this.#buffers = [];
    this.#onMessage(message, prefixBytes + this.#headerBytes + this.#bodyBytes);
  }
}

/** One piece of memory for all buffers of a message. */
function allocateBuffers(lengths: readonly number[]): readonly Buffer[] {
  let size = alignment;
  for (const length of lengths) size += roundUp(length);
  const memory = allocate(size);
  let start = roundUp(memory.byteOffset) - memory.byteOffset;
  return lengths.map((length) => {
    const buffer = memory.subarray(start, start + length);
    start += roundUp(length);
    return buffer;
  });
}

function allocate(size: number): Buffer {
  try {
    return Buffer.allocUnsafe(size);
  } catch (error) {
    throw nonsense(`a message of ${size} bytes, for which there is no memory`, error);
  }
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}
