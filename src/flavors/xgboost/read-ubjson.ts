/** Reader of the UBJSON that XGBoost writes (`.ubj`): every size is checked against the bytes left before memory is taken. */
import { cutFile } from '../../errors/cut-file.ts';
import type { ErrorDetails } from '../../errors/slipway-error.ts';
import {
  type ForeignMap,
  type ForeignValue,
  invalidModelFile,
  maxNesting,
} from './foreign-value.ts';

const code = (marker: string): number => marker.charCodeAt(0);
const endOfArray = code(']');
const endOfObject = code('}');
const typedArray = code('$');
const countedArray = code('#');
const sizeMarker = code('L');

/** Arrays of a tree that scoring does not need: a third of a file. They are checked and passed over. */
const unusedArrays: ReadonlySet<string> = new Set([
  'base_weights',
  'loss_changes',
  'parents',
  'sum_hessian',
]);

/**
 * Parses a whole document. The unused arrays of trees are left out. Source: XGBoost 3.2 src/common/json.cc `UBJReader`.
 * @throws MODEL_FILE_INVALID
 */
export function readUbjson(bytes: Uint8Array): ForeignValue {
  return new UbjsonReader(bytes).readValue(0);
}

const noNumbers: readonly number[] = [];

/** Elements of four bytes in one buffer. */
const wordsPerBuffer = 65_536;

class UbjsonReader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  #position = 0;
  /** The value to read next belongs to an unused array. */
  #isUnused = false;
  #words = new Uint32Array(0);
  #wordsUsed = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  readValue(depth: number): ForeignValue {
    if (depth > maxNesting) throw this.#damaged(`nesting is deeper than ${maxNesting}`);
    const marker = String.fromCharCode(this.#next());
    switch (marker) {
      case '{':
        return this.#readObject(depth);
      case '[':
        return this.#readArray(depth);
      case 'S':
        return this.#readText();
      case 'Z':
        return null;
      case 'T':
        return true;
      case 'F':
        return false;
      default:
        return this.#readNumber(marker);
    }
  }

  #readNumber(marker: string): number {
    const size = numberSizes.get(marker);
    if (size === undefined) throw this.#damaged(`unknown marker ${JSON.stringify(marker)}`);
    const at = this.#take(size);
    switch (marker) {
      case 'd':
        return this.#view.getFloat32(at);
      case 'D':
        return this.#view.getFloat64(at);
      case 'U':
        return this.#view.getUint8(at);
      case 'I':
        return this.#view.getInt16(at);
      case 'l':
        return this.#view.getInt32(at);
      case 'L':
        return this.#safeInteger(this.#view.getBigInt64(at));
      default:
        return this.#view.getInt8(at);
    }
  }

  #readObject(depth: number): ForeignMap {
    const result = new Map<string, ForeignValue>();
    while (this.#peek() !== endOfObject) {
      const key = this.#readText();
      this.#isUnused = unusedArrays.has(key);
      const value = this.readValue(depth + 1);
      if (!result.has(key)) result.set(key, value);
    }
    this.#position += 1;
    return result;
  }

  #readArray(depth: number): ForeignValue {
    if (this.#peek() === typedArray) return this.#readTypedArray();
    this.#isUnused = false;
    const items: ForeignValue[] = [];
    if (this.#peek() === countedArray) {
      this.#position += 1;
      for (let left = this.#readSize(); left > 0; left -= 1) items.push(this.readValue(depth + 1));
      return items;
    }
    while (this.#peek() !== endOfArray) items.push(this.readValue(depth + 1));
    this.#position += 1;
    return items;
  }

  #readTypedArray(): ForeignValue {
    this.#position += 1;
    const marker = String.fromCharCode(this.#next());
    const size = numberSizes.get(marker);
    if (size === undefined || marker === 'C')
      throw this.#damaged(`no typed array of ${JSON.stringify(marker)}`);
    if (this.#next() !== countedArray) throw this.#damaged('a typed array has no length');
    const count = this.#readSize();
    const start = this.#take(count * size);
    if (this.#isUnused || count === 0) return noNumbers;
    if (marker === 'd') {
      const words = this.#readWords(start, count);
      return new Float32Array(words.buffer, words.byteOffset, count);
    }
    if (marker === 'l') {
      const words = this.#readWords(start, count);
      return new Int32Array(words.buffer, words.byteOffset, count);
    }
    if (marker === 'D')
      return Float64Array.from({ length: count }, (_, i) => this.#view.getFloat64(start + i * 8));
    if (marker === 'U') return new Uint8Array(this.#bytes.subarray(start, start + count));
    this.#position = start;
    return Array.from({ length: count }, () => this.#readNumber(marker));
  }

  /**
   * Big-endian elements of four bytes in the byte order of typed arrays. A model has some thousand short arrays, so
   * they share large buffers: making one for each took longer than reading them.
   */
  #readWords(start: number, count: number): Uint32Array {
    if (count > this.#words.length - this.#wordsUsed) {
      this.#words = new Uint32Array(Math.max(count, wordsPerBuffer));
      this.#wordsUsed = 0;
    }
    const first = this.#wordsUsed;
    const words = this.#words;
    const view = this.#view;
    for (let i = 0; i < count; i++) words[first + i] = view.getUint32(start + i * 4);
    this.#wordsUsed += count;
    return words.subarray(first, first + count);
  }

  #readText(): string {
    const size = this.#readSize();
    const start = this.#take(size);
    return this.#bytes.toString('utf8', start, start + size);
  }

  /** An `L` length that the rest of the file can hold. */
  #readSize(): number {
    if (this.#next() !== sizeMarker) throw this.#damaged('a length has an unknown type');
    const at = this.#take(8);
    const size = this.#view.getInt32(at) * 2 ** 32 + this.#view.getUint32(at + 4);
    if (size < 0 || size > this.#bytes.length - this.#position) {
      throw this.#damaged(`a length of ${size} is larger than the rest of the file`, cutFile);
    }
    return size;
  }

  #safeInteger(value: bigint): number {
    const result = Number(value);
    if (!Number.isSafeInteger(result)) throw this.#damaged(`integer ${value} is too large`);
    return result;
  }

  #peek(): number {
    const byte = this.#bytes[this.#position];
    if (byte === undefined) throw this.#damaged('it ends too early', cutFile);
    return byte;
  }

  #next(): number {
    const byte = this.#peek();
    this.#position += 1;
    return byte;
  }

  /** Position of the next `size` bytes, which are then behind. */
  #take(size: number): number {
    const start = this.#position;
    if (size > this.#bytes.length - start) throw this.#damaged('it ends too early', cutFile);
    this.#position += size;
    return start;
  }

  #damaged(reason: string, more: ErrorDetails = {}): Error {
    return invalidModelFile(`${reason} (at byte ${this.#position})`, more);
  }
}

/** Bytes of a number by its marker. */
const numberSizes: ReadonlyMap<string, number> = new Map([
  ['i', 1],
  ['U', 1],
  ['C', 1],
  ['I', 2],
  ['l', 4],
  ['L', 8],
  ['d', 4],
  ['D', 8],
]);
