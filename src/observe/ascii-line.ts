/**
 * Puts a line together byte by byte where it will be written from. Strings that are joined leave a kilobyte behind
 * for each line, whose collection costs more than the line.
 */

const zero = 0x30;
const point = 0x2e;
/** Above, the arithmetic of small integers ends. */
const largestInteger = 2 ** 31;

/** A piece of text that never changes, as bytes. */
export function asciiPiece(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

/** A cursor in a buffer that has room enough. */
export class AsciiLine {
  bytes: Uint8Array = new Uint8Array();
  at = 0;

  /** Appends a fixed piece. */
  piece(piece: Uint8Array): void {
    this.bytes.set(piece, this.at);
    this.at += piece.length;
  }

  /** Appends ASCII text. */
  text(text: string): void {
    const { bytes } = this;
    let { at } = this;
    for (let from = 0; from < text.length; from++) bytes[at++] = text.charCodeAt(from);
    this.at = at;
  }

  /** Appends a whole number that is not negative. */
  integer(value: number): void {
    if (value >= largestInteger) return this.text(String(value));
    const { bytes, at } = this;
    let digits = 1;
    for (let power = 10; power <= value; power *= 10) digits++;
    let rest = value;
    for (let to = at + digits - 1; to >= at; to--) {
      const tens = Math.trunc(rest / 10);
      bytes[to] = zero + rest - tens * 10;
      rest = tens;
    }
    this.at = at + digits;
  }

  /** Appends milliseconds with three decimals. */
  milliseconds(ms: number): void {
    const us = ms > 0 ? Math.round(ms * 1000) : 0;
    const whole = Math.trunc(us / 1000);
    this.integer(whole);
    const rest = us - whole * 1000;
    const hundreds = Math.trunc(rest / 100);
    const tens = Math.trunc(rest / 10);
    const { bytes, at } = this;
    bytes[at] = point;
    bytes[at + 1] = zero + hundreds;
    bytes[at + 2] = zero + tens - hundreds * 10;
    bytes[at + 3] = zero + rest - tens * 10;
    this.at = at + 4;
  }
}
