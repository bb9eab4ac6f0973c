/**
 * Counts what a thread asks for before it gets it. A heap limit alone is not enough: where one large array does not
 * fit, V8 ends the process, not the thread, and buffers are not on the heap at all.
 */

/** A slot, and what is made of it: a number in a box, a second copy. */
const bytesPerItem = 16;

/** V8 turns longer arrays into hash tables. */
const longestArray = 2 ** 25;

let bytesLeft = Infinity;

/** Prototype that is asked when an index is set that the array does not have. */
const endOfArray: object = new Proxy(Object.create(Array.prototype) as object, {
  set() {
    throw new RangeError('a part has more values than it states');
  },
});

/** Allows this many bytes from now on. */
export function allowBytes(bytes: number): void {
  bytesLeft = bytes;
}

/** Takes bytes of what is allowed. @throws RangeError when that is less */
export function takeBytes(bytes: number): void {
  if (bytes > bytesLeft) throw new RangeError('the sizes that it states are more than can be read');
  if (bytes > 0) bytesLeft -= bytes;
}

/**
 * Replaces the constructors of arrays and buffers in this thread: what `new Array(n)` makes is counted and stays n
 * long, so that a library which writes past the end of its output fails there instead of filling the memory.
 */
export function limitAllocations(): void {
  const buffers = [ArrayBuffer, Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array];
  const wide = [Int32Array, Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array];
  const limited = [...buffers, ...wide].map((kind) => [kind.name, limitBuffer(kind)] as const);
  Object.assign(globalThis, { Array: limitArray(Array) }, Object.fromEntries(limited));
}

function limitArray(original: ArrayConstructor): object {
  function FixedArray(...items: readonly unknown[]): unknown[] {
    const [length] = items;
    if (items.length !== 1 || typeof length !== 'number') return original.of(...items);
    takeBytes(length > longestArray ? Infinity : length * bytesPerItem);
    const array = new original<unknown>(length).fill(undefined);
    return Object.setPrototypeOf(array, endOfArray) as unknown[];
  }
  const statics = { from: original.from.bind(original), of: original.of.bind(original) };
  return standIn(Object.assign(FixedArray, statics), original);
}

type BufferKind = new (...parts: never[]) => object;

function limitBuffer(kind: BufferKind & { readonly BYTES_PER_ELEMENT?: number }): object {
  const width = kind.BYTES_PER_ELEMENT ?? 1;
  const original = kind as new (...parts: readonly unknown[]) => object;
  function LimitedBuffer(source: unknown, offset: unknown, length: unknown): object {
    if (typeof source === 'number') takeBytes(source * width);
    return new original(source, offset, length);
  }
  return standIn(LimitedBuffer, original);
}

/** `instanceof` and static methods work as with the original. */
function standIn(constructor: object, original: { readonly prototype: unknown }): object {
  Object.defineProperty(constructor, 'prototype', { value: original.prototype });
  return Object.setPrototypeOf(constructor, original) as object;
}
