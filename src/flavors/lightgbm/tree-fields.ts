/** The `key=value` lines of one tree, with checks. */
import { invalidModelText } from './invalid-model-text.ts';
import { checkRoom, parseDoubles, parseIntegers } from './parse-numbers.ts';
import type { TextLines, TextSpan } from './text-lines.ts';

/** Most lines that LightGBM reads of a tree. */
const maxLines = 22;
const equals = 0x3d;
const int32 = [-(2 ** 31), 2 ** 31 - 1] as const;

/** Where the values of a tree's keys stand; they are parsed when asked for. */
export class TreeFields {
  readonly #bytes: Buffer;
  readonly #spans = new Map<string, TextSpan>();

  /** Reads lines up to an empty one. @throws MODEL_FILE_INVALID */
  constructor(lines: TextLines) {
    this.#bytes = lines.bytes;
    for (let read = 0; read < maxLines && !lines.isAtEnd; read += 1) {
      const line = lines.next();
      if (line.start === line.end) break;
      const split = lines.bytes.indexOf(equals, line.start);
      if (split === -1 || split >= line.end) {
        throw invalidModelText(`a line of a tree has no "=" (at byte ${line.start})`);
      }
      const key = lines.bytes.toString('latin1', line.start, split);
      this.#spans.set(key, { start: split + 1, end: line.end });
    }
  }

  /** True where the tree has the key. */
  has(key: string): boolean {
    return this.#spans.has(key);
  }

  /** The one integer of a key. @throws MODEL_FILE_INVALID */
  integer(key: string): number {
    return this.integers(key, 1)[0] as number;
  }

  /** Integers of a key, exactly `count` of them. @throws MODEL_FILE_INVALID */
  integers(key: string, count: number, range: readonly [number, number] = int32): Int32Array {
    const span = this.#spanOf(key, count);
    return parseIntegers(this.#bytes, span, new Int32Array(count), key, range);
  }

  /** Words of 32 bits. @throws MODEL_FILE_INVALID */
  words(key: string, count: number): Uint32Array {
    const span = this.#spanOf(key, count);
    return parseIntegers(this.#bytes, span, new Uint32Array(count), key, [0, 2 ** 32 - 1]);
  }

  /** Doubles of a key, exactly `count` of them. @throws MODEL_FILE_INVALID */
  doubles(key: string, count: number): Float64Array {
    return parseDoubles(this.#bytes, this.#spanOf(key, count), count, key);
  }

  #spanOf(key: string, count: number): TextSpan {
    const span = this.#spans.get(key);
    if (span === undefined) throw invalidModelText(`a tree has no "${key}"`);
    checkRoom(span, count, key);
    return span;
  }
}
