/**
 * JSON as Python's `json.loads` reads it: exact integers, NaN and Infinity, keys in the order of the text
 * (`JSON.parse` would put keys like "10" first). Long strings cost a search, not a step per character.
 */
import type { Budget } from '../budget.ts';
import { invalidFile } from '../invalid-file.ts';

/** null, bool, int, float, str, list and dict of JSON. */
export type JsonValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | readonly JsonValue[]
  | JsonObject;

/** A JSON object; the last of equal keys wins. */
export type JsonObject = ReadonlyMap<string, JsonValue>;

/** Python gives up near 1,000. */
const depthLimit = 1000;
/** Source: CPython `sys.int_info.default_max_str_digits`. */
const digitLimit = 4300;
const valueBytes = 32;
const objectBytes = 256;

const blanks = /[ \t\n\r]*/y;
const numberText = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const literals: ReadonlyMap<string, JsonValue> = new Map<string, JsonValue>([
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

/**
 * Reads one document.
 * @param nameOf how messages call it
 * @param budget pays for each value, since a short text can hold millions
 * @throws MODEL_FILE_INVALID
 */
export function readJson(text: string, nameOf: () => string, budget: Budget): JsonValue {
  const reader = new JsonReader(text, nameOf, budget);
  return reader.readDocument();
}

class JsonReader {
  readonly #text: string;
  readonly #nameOf: () => string;
  readonly #budget: Budget;
  #at = 0;

  constructor(text: string, nameOf: () => string, budget: Budget) {
    this.#text = text;
    this.#budget = budget;
    this.#nameOf = nameOf;
  }

  readDocument(): JsonValue {
    const value = this.#value(0);
    this.#skipBlanks();
    if (this.#at < this.#text.length) throw this.#fail('something follows the end of the JSON');
    return value;
  }

  #value(depth: number): JsonValue {
    if (depth > depthLimit) throw this.#fail(`JSON nested deeper than ${depthLimit} levels`);
    this.#skipBlanks();
    const first = this.#text[this.#at];
    this.#budget.take(first === '{' ? objectBytes : valueBytes, this.#nameOf);
    if (first === '"') return this.#string();
    if (first === '{') return this.#object(depth);
    if (first === '[') return this.#list(depth);
    const literal = this.#literal();
    return literal === undefined ? this.#number() : literal;
  }

  #object(depth: number): JsonObject {
    const entries = new Map<string, JsonValue>();
    this.#at += 1;
    this.#skipBlanks();
    if (this.#take('}')) return entries;
    do {
      this.#skipBlanks();
      if (this.#text[this.#at] !== '"') throw this.#fail('a key is not in quotes');
      const key = this.#string();
      this.#skipBlanks();
      if (!this.#take(':')) throw this.#fail('a colon is missing');
      entries.set(key, this.#value(depth + 1));
      this.#skipBlanks();
    } while (this.#take(','));
    if (!this.#take('}')) throw this.#fail('an object does not end');
    return entries;
  }

  #list(depth: number): readonly JsonValue[] {
    const items: JsonValue[] = [];
    this.#at += 1;
    this.#skipBlanks();
    if (this.#take(']')) return items;
    do {
      items.push(this.#value(depth + 1));
      this.#skipBlanks();
    } while (this.#take(','));
    if (!this.#take(']')) throw this.#fail('a list does not end');
    return items;
  }

  #string(): string {
    const start = this.#at;
    const plainEnd = this.#text.indexOf('"', start + 1);
    if (plainEnd < 0) throw this.#fail('a string does not end');
    const plain = this.#text.slice(start + 1, plainEnd);
    if (!plain.includes('\\') && !hasControl(plain)) {
      this.#at = plainEnd + 1;
      return plain;
    }
    this.#at = this.#endOfString(plainEnd) + 1;
    return this.#decode(start);
  }

  /** The quote that no odd number of backslashes precedes. */
  #endOfString(candidate: number): number {
    for (let end = candidate; end >= 0; end = this.#text.indexOf('"', end + 1)) {
      let before = end - 1;
      while (this.#text[before] === '\\') before -= 1;
      if ((end - before) % 2 === 1) return end;
    }
    throw this.#fail('a string does not end');
  }

  #decode(start: number): string {
    try {
      return JSON.parse(this.#text.slice(start, this.#at)) as string;
    } catch {
      throw this.#fail('a string holds a wrong escape or a control character');
    }
  }

  #literal(): JsonValue | undefined {
    for (const [word, value] of literals) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return value;
    }
    return undefined;
  }

  #number(): bigint | number {
    numberText.lastIndex = this.#at;
    const match = numberText.exec(this.#text);
    if (match === null) throw this.#fail('a value is missing');
    this.#at += match[0].length;
    if (match[1] !== undefined || match[2] !== undefined) return Number(match[0]);
    if (match[0].length > digitLimit) throw this.#fail(`an integer of ${match[0].length} digits`);
    return BigInt(match[0]);
  }

  #skipBlanks(): void {
    blanks.lastIndex = this.#at;
    this.#at += blanks.exec(this.#text)?.[0].length ?? 0;
  }

  #take(mark: string): boolean {
    if (this.#text[this.#at] !== mark) return false;
    this.#at += 1;
    return true;
  }

  #fail(reason: string): Error {
    return invalidFile(reason, `${this.#nameOf()}, character ${this.#at}`);
  }
}

function hasControl(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- that is what JSON forbids
  return /[\u0000-\u001f]/.test(text);
}
