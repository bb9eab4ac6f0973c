/** Reads the arguments of opcodes, and never beyond the end of the file. */
import { invalidFile } from '../invalid-file.ts';
import { decodeUtf8 } from './decode-utf8.ts';

const newline = 0x0a;
const longestLine = 2 ** 28;
const longestInteger = 2 ** 16;

/** A position in the bytes of a file. Every method throws MODEL_FILE_INVALID where the file ends too soon. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Uint8Array, start = 0) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = start;
  }

  /** Offset of the next byte. */
  get offset(): number {
    return this.#at;
  }

  /** Names the place that was read last. */
  where(): string {
    return `byte ${this.#at}`;
  }

  #advance(count: number): number {
    const start = this.#at;
    if (!(start + count <= this.#bytes.length)) {
      throw invalidFile('the pickle ends too soon, or a length in it is too great', this.where());
    }
    this.#at = start + count;
    return start;
  }

  uint8(): number {
    return this.#bytes[this.#advance(1)] as number;
  }

  uint16(): number {
    return this.#bytes.readUInt16LE(this.#advance(2));
  }

  int32(): number {
    return this.#bytes.readInt32LE(this.#advance(4));
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.#advance(4));
  }

  /** Imprecise beyond 2⁵³, where no file is so long. */
  uint64(): number {
    return Number(this.#bytes.readBigUInt64LE(this.#advance(8)));
  }

  float64(): number {
    return this.#bytes.readDoubleBE(this.#advance(8));
  }

  /** `count` bytes, sharing the memory of the file. */
  take(count: number): Buffer {
    const start = this.#advance(count);
    return this.#bytes.subarray(start, start + count);
  }

  /** A little-endian integer in two's complement. */
  integer(count: number): bigint {
    const bytes = this.take(count);
    if (count === 0) return 0n;
    if (count > longestInteger) throw invalidFile(`an integer of ${count} bytes`, this.where());
    const value = BigInt(`0x${Buffer.from(bytes.toReversed()).toString('hex')}`);
    return (bytes[count - 1] as number) < 0x80 ? value : value - (1n << BigInt(8 * count));
  }

  /** UTF-8 text of `count` bytes. */
  text(count: number): string {
    const text = decodeUtf8(this.take(count));
    if (text === undefined) throw invalidFile('a text that is no UTF-8, or too long', this.where());
    return text;
  }

  /** The bytes up to the next line feed, which is passed over. */
  line(): Buffer {
    const end = this.#bytes.indexOf(newline, this.#at);
    if (end < 0 || end - this.#at > longestLine) {
      throw invalidFile('a line of the pickle does not end, or too late', this.where());
    }
    const line = this.#bytes.subarray(this.#at, end);
    this.#at = end + 1;
    return line;
  }
}
