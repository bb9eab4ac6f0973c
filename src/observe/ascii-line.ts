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

/** Milliseconds of one digit: a digit, a point and three decimals. */
export const shortBytes = 5;
/** Less than so many microseconds take {@link shortBytes}. */
export const shortUs = 10_000;

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
    this.textAt(this.at, text);
    this.at += text.length;
  }

  /** Writes ASCII text at a place of its own, over what stands there. */
  textAt(at: number, text: string): void {
    const { bytes } = this;
    for (let from = 0; from < text.length; from++) bytes[at + from] = text.charCodeAt(from);
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
    if (us < shortUs) {
      this.shortAt(this.at, us);
      this.at += shortBytes;
      return;
    }
    const whole = us < largestInteger ? (us / 1000) | 0 : Math.trunc(us / 1000);
    this.integer(whole);
    this.bytes[this.at] = point;
    this.#threeAt(this.at + 1, us - whole * 1000);
    this.at += 4;
  }

  /** Writes microseconds below {@link shortUs} at a place of its own, over what stands there: {@link shortBytes} bytes. */
  shortAt(at: number, us: number): void {
    const { bytes } = this;
    const whole = (us / 1000) | 0;
    bytes[at] = zero + whole;
    bytes[at + 1] = point;
    this.#threeAt(at + 2, us - whole * 1000);
  }

  #threeAt(at: number, number: number): void {
    const { bytes } = this;
    const digits = number * 3;
    bytes[at] = threeDigits[digits]!;
    bytes[at + 1] = threeDigits[digits + 1]!;
    bytes[at + 2] = threeDigits[digits + 2]!;
  }
}
