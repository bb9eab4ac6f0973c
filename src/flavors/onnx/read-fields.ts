/** Reader of Protocol Buffers' wire format: fields one by one, every size checked against the bytes left. */
import { cutFile } from '../../errors/cut-file.ts';
import type { ErrorDetails } from '../../errors/slipway-error.ts';
import { isUtf8 } from 'node:buffer';
import { invalidModelFile } from './invalid-model-file.ts';

/** Deepest nesting of messages that a reader follows; protobuf's own limit is 100. */
export const maxNesting: number = 64;

/** Numbers above this are refused by protobuf as well. */
const maxFieldNumber = 2 ** 29 - 1;

/** Reads the fields of one message. Groups, which ONNX has none of, are refused. */
export class FieldReader {
  readonly #bytes: Uint8Array;
  #position = 0;
  /** Number of the field that {@link next} has found. */
  number = 0;
  /** 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes. */
  wireType = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Moves on to the next field, whose value must then be taken or skipped; false at the end. */
  next(): boolean {
    if (this.#position >= this.#bytes.length) return false;
    const key = Number(this.#varint());
    this.wireType = key & 7;
    this.number = Math.floor(key / 8);
    if (this.number < 1 || this.number > maxFieldNumber) throw damaged('a field number is invalid');
    if (this.wireType > 5 || this.wireType === 3 || this.wireType === 4)
      throw damaged(`field ${this.number} has the unknown wire type ${this.wireType}`);
    return true;
  }

  /** Start of the value of the current field, in the message's bytes. */
  get position(): number {
    return this.#position;
  }

  /** Passes over the value. */
  skip(): void {
    if (this.wireType === 0) this.#varint();
    else if (this.wireType === 2) this.bytes();
    else this.#take(this.wireType === 1 ? 8 : 4);
  }

  /** The value as bytes. */
  bytes(): Uint8Array {
    if (this.wireType !== 2) throw this.#unexpected();
    const size = this.#varint();
    if (size > BigInt(this.#bytes.length - this.#position))
      throw damaged(`a length of ${size} is larger than the rest of its message`, cutFile);
    return this.#take(Number(size));
  }

  /** The value as text. */
  text(): string {
    const bytes = this.bytes();
    if (!isUtf8(bytes)) throw damaged(`field ${this.number} is no UTF-8`);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  }

  /** The value as a signed integer of 64 bits. */
  integer(): bigint {
    if (this.wireType !== 0) throw this.#unexpected();
    return BigInt.asIntN(64, this.#varint());
  }

  /** The value as an integer that a number holds exactly. */
  smallInteger(): number {
    const value = Number(this.integer());
    if (Number.isSafeInteger(value)) return value;
    throw damaged(`field ${this.number} holds the integer ${value}, which is too large`);
  }

  /** Adds the integers of a repeated field, packed or not. */
  integersInto(list: bigint[]): void {
    if (this.wireType === 0) {
      list.push(this.integer());
      return;
    }
    const packed = new FieldReader(this.bytes());
    while (packed.#position < packed.#bytes.length) list.push(BigInt.asIntN(64, packed.#varint()));
  }

  /** The bytes of the numbers, of `size` bytes each, that a repeated field adds, packed or not. */
  fixed(size: 4 | 8): Uint8Array {
    if (this.wireType === (size === 4 ? 5 : 1)) return this.#take(size);
    const bytes = this.bytes();
    if (bytes.length % size !== 0) throw damaged(`field ${this.number} ends within a number`);
    return bytes;
  }

  /** How many varints a repeated field adds, packed or not. */
  varintCount(): number {
    if (this.wireType === 0) {
      this.#varint();
      return 1;
    }
    const bytes = this.bytes();
    let count = 0;
    for (const byte of bytes) if (byte < 0x80) count += 1;
    if (bytes.length > 0 && (bytes.at(-1) as number) >= 0x80)
      throw damaged(`field ${this.number} ends within a number`);
    return count;
  }

  #varint(): bigint {
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte();
      low += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return BigInt(low);
    }
    let value = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw damaged('a number has more than ten bytes');
  }

  #byte(): number {
    const byte = this.#bytes[this.#position];
    if (byte === undefined) throw damaged('it ends too early', cutFile);
    this.#position += 1;
    return byte;
  }

  #take(size: number): Uint8Array {
    const start = this.#position;
    if (size > this.#bytes.length - start) throw damaged('it ends too early', cutFile);
    this.#position += size;
    return this.#bytes.subarray(start, this.#position);
  }

  #unexpected(): Error {
    return damaged(`field ${this.number} has the wire type ${this.wireType}, which is not its own`);
  }
}

function damaged(reason: string, more: ErrorDetails = {}): Error {
  return invalidModelFile(reason, more);
}
