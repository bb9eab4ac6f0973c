/**
 * A reader of flatbuffers that trusts nothing: every offset and every length is checked against the buffer. Tables may be
 * shared (CatBoost shares them), so what is copied out is bounded as well. Source: flatbuffers' published internals.
 */
import { invalidModelFile } from './model-error.ts';

/** Bytes that may be copied out of a buffer, in its own sizes; CatBoost shares small tables only. */
const copiesAllowed = 64;
const freeBytes = 1 << 20;

/** Element types of vectors, and their sizes. */
const elementBytes = { bytes: 1, int32: 4, uint32: 4, float32: 4, float64: 8 } as const;

/** The bytes of one buffer, and how much has been copied out of them. */
class FlatBytes {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  #left: number;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#left = bytes.byteLength * copiesAllowed + freeBytes;
  }

  /** The address, where `size` bytes from it on lie within. @throws MODEL_FILE_INVALID */
  check(address: number, size: number): number {
    if (address >= 0 && address + size <= this.bytes.length) return address;
    throw invalidModelFile('an offset points outside of the file');
  }

  uint32(address: number): number {
    return this.view.getUint32(this.check(address, 4), true);
  }

  uint16(address: number): number {
    return this.view.getUint16(this.check(address, 2), true);
  }

  /** Counts what is copied. @throws MODEL_FILE_INVALID */
  spend(size: number): void {
    this.#left -= size + 16;
    if (this.#left < 0) throw invalidModelFile('its tables share more data than CatBoost writes');
  }
}

/** One table; absent fields give their default. */
export class FlatTable {
  readonly #flat: FlatBytes;
  readonly #address: number;
  readonly #fields: number;
  readonly #fieldCount: number;
  readonly #sizeBytes: number;

  private constructor(flat: FlatBytes, address: number) {
    flat.spend(0);
    const fields = address - flat.view.getInt32(flat.check(address, 4), true);
    const fieldBytes = flat.uint16(fields);
    if (fieldBytes < 4) throw invalidModelFile('a table lists no fields');
    flat.check(fields, fieldBytes);
    this.#flat = flat;
    this.#address = address;
    this.#fields = fields;
    this.#fieldCount = (fieldBytes - 4) >> 1;
    this.#sizeBytes = flat.uint16(fields + 2);
    flat.check(address, this.#sizeBytes);
  }

  /** The root table of a buffer. @throws MODEL_FILE_INVALID */
  static root(bytes: Uint8Array): FlatTable {
    const flat = new FlatBytes(bytes);
    return new FlatTable(flat, flat.uint32(0));
  }

  int32(field: number, fallback = 0): number {
    const address = this.#find(field, 4);
    return address === 0 ? fallback : this.#flat.view.getInt32(address, true);
  }

  float32(field: number, fallback = 0): number {
    const address = this.#find(field, 4);
    return address === 0 ? fallback : this.#flat.view.getFloat32(address, true);
  }

  float64(field: number, fallback = 0): number {
    const address = this.#find(field, 8);
    return address === 0 ? fallback : this.#flat.view.getFloat64(address, true);
  }

  byte(field: number, fallback = 0): number {
    const address = this.#find(field, 1);
    return address === 0 ? fallback : this.#flat.view.getUint8(address);
  }

  /** @throws MODEL_FILE_INVALID where it is absent */
  table(field: number): FlatTable {
    const address = this.#follow(field);
    if (address === 0) throw invalidModelFile('a table misses a part');
    return new FlatTable(this.#flat, address);
  }

  text(field: number): string {
    const address = this.#follow(field);
    return address === 0 ? '' : this.#textAt(address);
  }

  tables(field: number): readonly FlatTable[] {
    return this.#offsets(field, (address) => new FlatTable(this.#flat, address));
  }

  texts(field: number): readonly string[] {
    return this.#offsets(field, (address) => this.#textAt(address));
  }

  /** Elements of a vector. */
  int32s(field: number): Int32Array {
    return new Int32Array(this.#copy(field, elementBytes.int32));
  }

  uint32s(field: number): Uint32Array {
    return new Uint32Array(this.#copy(field, elementBytes.uint32));
  }

  float32s(field: number): Float32Array {
    return new Float32Array(this.#copy(field, elementBytes.float32));
  }

  float64s(field: number): Float64Array {
    return new Float64Array(this.#copy(field, elementBytes.float64));
  }

  bytes(field: number): Uint8Array {
    return new Uint8Array(this.#copy(field, elementBytes.bytes));
  }

  /** A vector of structs of `size` bytes each. */
  structs(field: number, size: number): DataView {
    return new DataView(this.#copy(field, size));
  }

  #find(field: number, size: number): number {
    if (field >= this.#fieldCount) return 0;
    const offset = this.#flat.uint16(this.#fields + 4 + field * 2);
    if (offset === 0) return 0;
    if (offset + size > this.#sizeBytes) throw invalidModelFile('a field lies outside its table');
    return this.#flat.check(this.#address + offset, size);
  }

  #follow(field: number): number {
    const address = this.#find(field, 4);
    return address === 0 ? 0 : address + this.#flat.uint32(address);
  }

  /** Start and length of a vector, checked. */
  #vector(address: number, size: number): { start: number; length: number } {
    const length = this.#flat.uint32(address);
    this.#flat.spend(length * size);
    return { start: this.#flat.check(address + 4, length * size), length };
  }

  #copy(field: number, size: number): ArrayBuffer {
    const address = this.#follow(field);
    if (address === 0) return new ArrayBuffer(0);
    const { start, length } = this.#vector(address, size);
    const copy = new Uint8Array(length * size);
    copy.set(this.#flat.bytes.subarray(start, start + length * size));
    return copy.buffer;
  }

  #textAt(address: number): string {
    const { start, length } = this.#vector(address, 1);
    return Buffer.from(this.#flat.bytes.subarray(start, start + length)).toString('utf8');
  }

  #offsets<T>(field: number, read: (address: number) => T): readonly T[] {
    const vector = this.#follow(field);
    if (vector === 0) return [];
    const { start, length } = this.#vector(vector, 4);
    return Array.from({ length }, (_, i) => {
      const address = start + i * 4;
      return read(address + this.#flat.uint32(address));
    });
  }
}
