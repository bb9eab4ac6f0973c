/** The `key=value` lines of one tree, with checks. */
import { invalidModelText } from './invalid-model-text.ts';
import { checkRoom, parseDoubles, parseIntegers } from './parse-numbers.ts';
import type { TextLines, TextSpan } from './text-lines.ts';

/** Most lines that LightGBM reads of a tree. */
const maxLines = 22;
const equals = 0x3d;
const int32 = [-(2 ** 31), 2 ** 31 - 1] as const;

/** Keys that scoring needs; the others are passed over. */
const keys = [
  'num_leaves',
  'num_cat',
  'split_feature',
  'threshold',
  'decision_type',
  'left_child',
  'right_child',
  'leaf_value',
  'cat_boundaries',
  'cat_threshold',
  'is_linear',
  'leaf_const',
  'num_features',
  'leaf_features',
  'leaf_coeff',
] as const;

/** A key of a tree. */
export type TreeKey = (typeof keys)[number];

const numbers = new Map<string, number>(keys.map((key, number) => [key, number]));

/** Where the values of a tree's keys stand; they are parsed when asked for. One object reads all trees. */
export class TreeFields {
  readonly #lines: TextLines;
  /** By the number of a key; 0 where the tree has none. */
  readonly #starts = new Float64Array(keys.length);
  readonly #ends = new Float64Array(keys.length);

  constructor(lines: TextLines) {
    this.#lines = lines;
  }

  /** Reads lines up to an empty one, in place of those read before. @throws MODEL_FILE_INVALID */
  read(): void {
    const lines = this.#lines;
    this.#starts.fill(0);
    for (let read = 0; read < maxLines && !lines.isAtEnd; read += 1) {
      lines.advance();
      if (lines.start === lines.end) break;
      const split = this.#findSplit();
      const key = this.#findKey(split - lines.start);
      if (key === -1) continue;
      this.#starts[key] = split + 1;
      this.#ends[key] = lines.end;
    }
  }

  /** True where the tree has the key. */
  has(key: TreeKey): boolean {
    return this.#starts[numbers.get(key) as number] !== 0;
  }

  /** The one integer of a key. @throws MODEL_FILE_INVALID */
  integer(key: TreeKey): number {
    return this.integers(key, new Int32Array(1))[0] as number;
  }

  /** Fills `values` with all integers of a key. @throws MODEL_FILE_INVALID where it has fewer or more */
  integers(key: TreeKey, values: Int32Array, range: readonly [number, number] = int32): Int32Array {
    return parseIntegers(this.#lines.bytes, this.spanOf(key, values.length), values, key, range);
  }

  /** Words of 32 bits, exactly `count` of them. @throws MODEL_FILE_INVALID */
  words(key: TreeKey, count: number): Uint32Array {
    const span = this.spanOf(key, count);
    const range = [0, 2 ** 32 - 1] as const;
    return parseIntegers(this.#lines.bytes, span, new Uint32Array(count), key, range);
  }

  /** Fills `values` with all doubles of a key. @throws MODEL_FILE_INVALID where it has fewer or more */
  doubles(key: TreeKey, values: Float64Array): Float64Array {
    return parseDoubles(this.#lines.bytes, this.spanOf(key, values.length), values, key);
  }

  /** Where the value of a key stands, which may hold `count` numbers. @throws MODEL_FILE_INVALID where it can't */
  spanOf(key: TreeKey, count: number): TextSpan {
    const number = numbers.get(key) as number;
    const start = this.#starts[number] as number;
    if (start === 0) throw invalidModelText(`a tree has no "${key}"`);
    const span = { start, end: this.#ends[number] as number };
    checkRoom(span, count, key);
    return span;
  }

  #findSplit(): number {
    const { bytes, start, end } = this.#lines;
    for (let at = start; at < end; at += 1) {
      if (bytes[at] === equals) return at;
    }
    throw invalidModelText(`a line of a tree has no "=" (at byte ${start})`);
  }

  /** Number of the key of `length` bytes that the line begins with; -1 for one that nobody asks for. */
  #findKey(length: number): number {
    const lines = this.#lines;
    for (let number = 0; number < keys.length; number += 1) {
      const key = keys[number] as TreeKey;
      if (key.length === length && lines.startsWith(lines.start, key)) return number;
    }
    return -1;
  }
}
