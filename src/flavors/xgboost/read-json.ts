/** Reader of the JSON that XGBoost writes: floats become float32 in one rounding, and NaN and Infinity are accepted. */
import { cutFile } from '../../errors/cut-file.ts';
import type { ErrorDetails } from '../../errors/slipway-error.ts';
import {
  type ForeignMap,
  type ForeignValue,
  invalidModelFile,
  maxNesting,
} from './foreign-value.ts';
import { parseFloat32 } from './parse-float32.ts';

/**
 * Parses a whole document. Escapes are XGBoost's: `\u` is kept as it stands.
 * Source: XGBoost 3.2 src/common/json.cc `JsonReader`.
 * @throws MODEL_FILE_INVALID
 */
export function readJson(text: string): ForeignValue {
  return new JsonReader(text).readValue(0);
}

const numberPattern = /[+-]?(?:Infinity|\d+(\.\d*)?([eE][+-]?\d+)?)|NaN/y;
const literals: ReadonlyMap<string, string> = new Map([
  ['t', 'true'],
  ['f', 'false'],
  ['n', 'null'],
]);
const literalValues: ReadonlyMap<string, ForeignValue> = new Map([
  ['true', true],
  ['false', false],
]);
const escapes: ReadonlyMap<string, string> = new Map([
  ['r', '\r'],
  ['n', '\n'],
  ['t', '\t'],
  ['\\', '\\'],
  ['"', '"'],
  ['u', '\\u'],
]);

class JsonReader {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readValue(depth: number): ForeignValue {
    if (depth > maxNesting) throw this.#damaged(`nesting is deeper than ${maxNesting}`);
    const character = this.#peek();
    if (character === '{') return this.#readObject(depth);
    if (character === '[') return this.#readArray(depth);
    if (character === '"') return this.#readText();
    const literal = literals.get(character);
    return literal === undefined ? this.#readNumber() : this.#readLiteral(literal);
  }

  #readObject(depth: number): ForeignMap {
    const result = new Map<string, ForeignValue>();
    this.#position += 1;
    if (this.#skip('}')) return result;
    do {
      this.#peek();
      const key = this.#readText();
      if (!this.#skip(':')) throw this.#damaged('":" is missing');
      result.set(key, this.readValue(depth + 1));
    } while (this.#skip(','));
    if (!this.#skip('}')) throw this.#damaged('"}" is missing');
    return result;
  }

  #readArray(depth: number): readonly ForeignValue[] {
    const items: ForeignValue[] = [];
    this.#position += 1;
    if (this.#skip(']')) return items;
    do items.push(this.readValue(depth + 1));
    while (this.#skip(','));
    if (!this.#skip(']')) throw this.#damaged('"]" is missing');
    return items;
  }

  #readText(): string {
    if (this.#text[this.#position] !== '"') throw this.#damaged('a string is missing');
    const start = this.#position + 1;
    let end = start;
    while (this.#text[end] !== '"') {
      if (end >= this.#text.length) throw this.#damaged('a string does not end', cutFile);
      end += this.#text[end] === '\\' ? 2 : 1;
    }
    this.#position = end + 1;
    const raw = this.#text.slice(start, end);
    return raw.includes('\\') ? this.#unescape(raw) : raw;
  }

  #unescape(raw: string): string {
    return raw.replaceAll(/\\(.)/gs, (_, character: string) => {
      const plain = escapes.get(character);
      if (plain === undefined) throw this.#damaged(`unknown escape \\${character}`);
      return plain;
    });
  }

  #readNumber(): number {
    numberPattern.lastIndex = this.#position;
    const match = numberPattern.exec(this.#text);
    if (match === null) throw this.#damaged('a value is missing');
    const [text, fraction, exponent] = match;
    this.#position += text.length;
    if (fraction !== undefined || exponent !== undefined) return parseFloat32(text);
    const value = Number(text);
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      throw this.#damaged(`integer ${text.slice(0, 40)} is too large`);
    }
    return value;
  }

  #readLiteral(text: string): ForeignValue {
    if (!this.#text.startsWith(text, this.#position)) throw this.#damaged('a value is missing');
    this.#position += text.length;
    return literalValues.get(text) ?? null;
  }

  /** Next character that is not white space. */
  #peek(): string {
    let character = this.#text[this.#position];
    while (character === ' ' || character === '\n' || character === '\r' || character === '\t') {
      this.#position += 1;
      character = this.#text[this.#position];
    }
    if (character === undefined) throw this.#damaged('it ends too early', cutFile);
    return character;
  }

  #skip(expected: string): boolean {
    if (this.#peek() !== expected) return false;
    this.#position += 1;
    return true;
  }

  #damaged(reason: string, more: ErrorDetails = {}): Error {
    return invalidModelFile(`${reason} (at character ${this.#position})`, more);
  }
}
