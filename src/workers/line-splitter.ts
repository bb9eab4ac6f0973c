/** What a worker prints → lines of bounded length. */

/** Longer lines are handed on in pieces of this many bytes. */
export const maxLineBytes: number = 64 * 2 ** 10;

const lineFeed = 10;
const carriageReturn = 13;

/** Holds at most one unfinished line. */
export class LineSplitter {
  readonly #onLine: (line: string) => void;
  #held: Buffer | null = null;
  #length = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    let start = 0;
    while (start < chunk.length) {
      const end = chunk.indexOf(lineFeed, start);
      if (end < 0) return this.#hold(chunk.subarray(start));
      const line = chunk.subarray(start, end);
      if (this.#length === 0 && line.length <= maxLineBytes) this.#emit(line);
      else {
        this.#hold(line);
        this.end();
      }
      start = end + 1;
    }
  }

  /** Hands on what has no line end. */
  end(): void {
    if (this.#held !== null && this.#length > 0) this.#emit(this.#held.subarray(0, this.#length));
    this.#length = 0;
  }

  #hold(bytes: Buffer): void {
    const held = (this.#held ??= Buffer.allocUnsafeSlow(maxLineBytes));
    let start = 0;
    while (start < bytes.length) {
      if (this.#length === held.length) this.#emitPiece(held);
      const taken = bytes.copy(held, this.#length, start);
      this.#length += taken;
      start += taken;
    }
  }

  /** Cuts before a character that is not complete yet. */
  #emitPiece(held: Buffer): void {
    let end = held.length;
    for (let back = 1; back <= 3; back++) {
      const byte = held[held.length - back] ?? 0;
      if (byte < 0x80) break;
      if (byte >= 0xc0) {
        end = held.length - back;
        break;
      }
    }
    this.#emit(held.subarray(0, end));
    this.#length = held.copy(held, 0, end);
  }

  #emit(line: Buffer): void {
    const end = line[line.length - 1] === carriageReturn ? line.length - 1 : line.length;
    this.#onLine(line.toString('utf8', 0, end));
  }
}
