/** Lays typed arrays out one after the other, before the memory that will hold them exists. */
import { AddressRange } from '../plan/layout.ts';

const pageBytes = 65_536;

/** Arrays and their addresses. The lowest page belongs to the module. */
export class Arena {
  readonly #range = new AddressRange(pageBytes);
  readonly #parts: { readonly address: number; readonly bytes: Uint8Array }[] = [];

  /** First address behind everything placed. */
  get end(): number {
    return this.#range.end;
  }

  /** Gives an array its address; it is copied by `writeTo`, so it may still be filled until then. */
  place(array: ArrayBufferView): number {
    const address = this.#range.take(array.byteLength);
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    this.#parts.push({ address, bytes });
    return address;
  }

  /** Copies all arrays to their addresses. */
  writeTo(buffer: ArrayBuffer | SharedArrayBuffer): void {
    const memory = new Uint8Array(buffer);
    for (const { address, bytes } of this.#parts) memory.set(bytes, address);
  }
}
