/** Lines of a model text, taken from its bytes without making a string of it. */

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
  /** The line read last, without its end, which may be `\n` or `\r\n`. */
  start = 0;
  end = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** True where all lines have been read. */
  get isAtEnd(): boolean {
    return this.position >= this.bytes.length;
  }

  /** Reads a line; the reader is then behind it. */
  advance(): void {
    this.start = this.position;
    const found = this.bytes.indexOf(lineFeed, this.start);
    const stop = found === -1 ? this.bytes.length : found;
    this.position = found === -1 ? stop : stop + 1;
    this.end = stop > this.start && this.bytes[stop - 1] === carriageReturn ? stop - 1 : stop;
  }

  /** Reads a line and returns it. */
  next(): TextSpan {
    this.advance();
    return { start: this.start, end: this.end };
  }

  /** Text of a span. */
  text({ start, end }: TextSpan): string {
    return this.bytes.toString('utf8', start, end);
  }

  /** True where an ASCII text stands at `start`. */
  startsWith(start: number, text: string): boolean {
    for (let i = 0; i < text.length; i += 1) {
      if (this.bytes[start + i] !== text.charCodeAt(i)) return false;
    }
    return true;
  }
}
