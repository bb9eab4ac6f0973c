/** Lines and `key=value` pairs of a model text, taken from its bytes without making a string of it. */

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Bytes `start` to `end - 1`. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

/** Reads a text line by line, from any position. */
export class TextLines {
  readonly bytes: Buffer;
  /** Start of the next line. */
  position = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** True where all lines have been read. */
  get isAtEnd(): boolean {
    return this.position >= this.bytes.length;
  }

  /** The next line without its end, which may be `\n` or `\r\n`; the reader is then behind it. */
  next(): TextSpan {
    const start = this.position;
    const found = this.bytes.indexOf(lineFeed, start);
    const stop = found === -1 ? this.bytes.length : found;
    this.position = found === -1 ? stop : stop + 1;
    const end = stop > start && this.bytes[stop - 1] === carriageReturn ? stop - 1 : stop;
    return { start, end };
  }

  /** Text of a span. */
  text({ start, end }: TextSpan): string {
    return this.bytes.toString('utf8', start, end);
  }

  /** True where the span begins with an ASCII text. */
  startsWith({ start, end }: TextSpan, prefix: string): boolean {
    if (end - start < prefix.length) return false;
    for (let i = 0; i < prefix.length; i += 1) {
      if (this.bytes[start + i] !== prefix.charCodeAt(i)) return false;
    }
    return true;
  }
}
