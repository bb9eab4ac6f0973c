/** The Python literals of `.npy` headers: dicts, lists, tuples, strings, integers, True, False and None. */
import { invalidFile } from '../invalid-file.ts';

/** A literal; lists and tuples are alike. */
export type Literal = null | boolean | bigint | string | readonly Literal[] | LiteralDict;
interface LiteralDict extends ReadonlyMap<Literal, Literal> {}

const token =
  /\s*(?:([[\](){},:])|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(-?\d{1,20})L?|([A-Za-z]+))/y;
const depthLimit = 50;
const words: ReadonlyMap<string, Literal> = new Map<string, Literal>([
  ['True', true],
  ['False', false],
  ['None', null],
]);

/** Reads one literal; blanks may follow. @throws MODEL_FILE_INVALID */
export function parsePythonLiteral(text: string, where: string): Literal {
  const reader = new LiteralReader(text, where);
  return reader.read();
}

class LiteralReader {
  readonly #text: string;
  readonly #where: string;
  #at = 0;
  #next: RegExpExecArray | null = null;

  constructor(text: string, where: string) {
    this.#text = text;
    this.#where = where;
    this.#advance();
  }

  read(): Literal {
    const value = this.#value(0);
    if (this.#text.slice(this.#at).trim() !== '' || this.#next !== null) throw this.#fail();
    return value;
  }

  #value(depth: number): Literal {
    const found = this.#next;
    if (found === null || depth > depthLimit) throw this.#fail();
    this.#advance();
    if (found[1] === '{') return this.#dict(depth);
    if (found[1] === '[') return this.#items(']', depth);
    if (found[1] === '(') return this.#items(')', depth);
    const quoted = found[2] ?? found[3];
    if (quoted !== undefined) return unescape(quoted);
    if (found[4] !== undefined) return BigInt(found[4]);
    const word = words.get(found[5] ?? '');
    if (word === undefined) throw this.#fail();
    return word;
  }

  #items(end: string, depth: number): readonly Literal[] {
    const items: Literal[] = [];
    while (!this.#take(end)) {
      items.push(this.#value(depth + 1));
      if (this.#next?.[1] !== end && !this.#take(',')) throw this.#fail();
    }
    return items;
  }

  #dict(depth: number): ReadonlyMap<Literal, Literal> {
    const entries = new Map<Literal, Literal>();
    while (!this.#take('}')) {
      const key = this.#value(depth + 1);
      if (!this.#take(':')) throw this.#fail();
      entries.set(key, this.#value(depth + 1));
      if (this.#next?.[1] !== '}' && !this.#take(',')) throw this.#fail();
    }
    return entries;
  }

  #take(mark: string): boolean {
    if (this.#next?.[1] !== mark) return false;
    this.#advance();
    return true;
  }

  #advance(): void {
    token.lastIndex = this.#at;
    this.#next = token.exec(this.#text);
    if (this.#next !== null) this.#at = token.lastIndex;
  }

  #fail(): Error {
    return invalidFile('a header is no Python literal', `${this.#where}, character ${this.#at}`);
  }
}

/** Field names with escapes other than of quotes and backslashes keep them. */
function unescape(text: string): string {
  return text.replaceAll(/\\(['"\\])/g, '$1');
}
