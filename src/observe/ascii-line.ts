/**
 * Puts a line together byte by byte where it will be written from. Strings that are joined leave a kilobyte behind
 * for each line, whose collection costs more than the line.
 */

const zero = 0x30;
const point = 0x2e;
/** Up to this length a loop copies faster than a call of the engine. */
const shortPieceBytes = 32;
/** Above, the arithmetic of small integers ends. */
const largestInteger = 2 ** 31;

/** A piece of text that never changes, as bytes. */
export function asciiPiece(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

/** Numbers below a thousand, each with three digits. */
const threeDigits = asciiPiece(
  Array.from({ length: 1000 }, (_, n) => String(n).padStart(3, '0')).join(''),
);

/** A cursor in a buffer that has room enough. */
export class AsciiLine {
  bytes: Uint8Array = new Uint8Array();
  at = 0;

  /** Appends a fixed piece. */
  piece(piece: Uint8Array): void {
    const { length } = piece;
    const { bytes, at } = this;
    if (length > shortPieceBytes) bytes.set(piece, at);
    else for (let from = 0; from < length; from++) bytes[at + from] = piece[from]!;
    this.at = at + length;
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
      const tens = (rest / 10) | 0;
      bytes[to] = zero + rest - tens * 10;
      rest = tens;
    }
    this.at = at + digits;
  }

  /** Appends whole microseconds as milliseconds with three decimals; a whole number, as others would be boxed for the call. */
  microseconds(us: number): void {
    const whole = us < largestInteger ? (us / 1000) | 0 : Math.trunc(us / 1000);
    if (whole < 10) this.bytes[this.at++] = zero + whole;
    else this.integer(whole);
    this.#decimals(us - whole * 1000);
  }

  #decimals(rest: number): void {
    const { bytes, at } = this;
    const digits = rest * 3;
    bytes[at] = point;
    bytes[at + 1] = threeDigits[digits]!;
    bytes[at + 2] = threeDigits[digits + 1]!;
    bytes[at + 3] = threeDigits[digits + 2]!;
    this.at = at + 4;
  }
}
