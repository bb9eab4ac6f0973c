/** Reader of the JSON that CatBoost writes, with CatBoost's own reading of numbers. */
import { cutFile } from '../../errors/cut-file.ts';
import { parseJsonNumber } from './json-number.ts';
import { invalidModelFile } from './model-error.ts';

/** A value of the file. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** An object; the text of each member is kept beside its value. */
export interface JsonObject {
  readonly members: ReadonlyMap<string, JsonValue>;
  readonly sources: ReadonlyMap<string, string>;
}

/** Deepest nesting that is followed; trees have at most 16 levels, two of JSON each. */
const maxNesting = 256;

const space = /[ \t\r\n]*/y;
const plainText = /[^"\\]*/y;
const number = /-?[0-9][0-9.eE+-]*/y;
const literals: ReadonlyMap<string, JsonValue> = new Map<string, JsonValue>([
  ['true', true],
  ['false', false],
  ['null', null],
]);
const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** Parses a whole document. @throws MODEL_FILE_INVALID */
export function readJson(text: string): JsonValue {
  return new JsonReader(text).readDocument();
}

class JsonReader {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readDocument(): JsonValue {
    const value = this.#readValue(0);
    this.#match(space);
    if (this.#position !== this.#text.length) throw this.#damaged('it goes on after its end');
    return value;
  }

  #readValue(depth: number): JsonValue {
    if (depth > maxNesting) throw this.#damaged(`nesting is deeper than ${maxNesting}`);
    this.#match(space);
    const character = this.#text[this.#position];
    if (character === '{') return this.#readObject(depth);
    if (character === '[') return this.#readArray(depth);
    if (character === '"') return this.#readText();
    for (const [name, value] of literals) {
      if (this.#text.startsWith(name, this.#position)) {
        this.#position += name.length;
        return value;
      }
    }
    const value = parseJsonNumber(this.#match(number));
    if (value === undefined) throw this.#damaged('a value is no number');
    return value;
  }

  #readObject(depth: number): JsonObject {
    const members = new Map<string, JsonValue>();
    const sources = new Map<string, string>();
    this.#position += 1;
    if (this.#skip('}')) return { members, sources };
    do {
      this.#match(space);
      const key = this.#readText();
      if (!this.#skip(':')) throw this.#damaged('a key has no value');
      this.#match(space);
      const start = this.#position;
      members.set(key, this.#readValue(depth + 1));
      // Only metadata is asked for as text; slices of large members would only hold the document.
      if (depth === 1) sources.set(key, this.#text.slice(start, this.#position));
    } while (this.#skip(','));
    if (!this.#skip('}')) throw this.#damaged('an object does not end');
    return { members, sources };
  }

  #readArray(depth: number): readonly JsonValue[] {
    const items: JsonValue[] = [];
    this.#position += 1;
    if (this.#skip(']')) return items;
    do {
      items.push(this.#readValue(depth + 1));
    } while (this.#skip(','));
    if (!this.#skip(']')) throw this.#damaged('an array does not end');
    return items;
  }

  #readText(): string {
    if (this.#text[this.#position] !== '"') throw this.#damaged('a string is expected');
    this.#position += 1;
    let result = this.#match(plainText);
    while (this.#text[this.#position] === '\\') {
      result += this.#readEscape() + this.#match(plainText);
    }
    if (this.#text[this.#position] !== '"') throw this.#damaged('a string does not end');
    this.#position += 1;
    return result;
  }

  #readEscape(): string {
    const letter = this.#text[this.#position + 1] ?? '';
    const escaped = escapes.get(letter);
    this.#position += 2;
    if (escaped !== undefined) return escaped;
    const hex = this.#text.slice(this.#position, this.#position + 4);
    if (letter !== 'u' || !/^[\da-fA-F]{4}$/.test(hex)) throw this.#damaged('an escape is unknown');
    this.#position += 4;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }

  #skip(character: string): boolean {
    this.#match(space);
    if (this.#text[this.#position] !== character) return false;
    this.#position += 1;
    return true;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#position += found.length;
    return found;
  }

  #damaged(reason: string): Error {
    const isAtEnd = this.#position >= this.#text.length;
    return invalidModelFile(`${reason} (at character ${this.#position})`, isAtEnd ? cutFile : {});
  }
}
