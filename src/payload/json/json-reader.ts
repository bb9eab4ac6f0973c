/** Recursive reader of JSON text; the grammar and the limits are those of CPython 3.11 `_json.c`. */
import type { PyValue } from '../../data/py-value.ts';
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import { readJsonString } from './read-json-string.ts';

/** Python's recursion limit of 1,000 less the frames that a server stands on. */
const depthLimit = 980;

/** Python refuses integers with more digits. */
const digitLimit = 4300;

/** MLflow crashes on both limits; `--compat mlflow` answers as it does. */
const mlflowStatus = 500;

/** Makes the error for a problem at a position. */
export type FailJson = (problem: string, at: number) => SlipwayError;

/** Longest integer that a double holds exactly whatever its digits are. */
const exactDigits = 15;

/** One pass over one text. */
export class JsonReader {
  private at = 0;
  private readonly text: string;
  private readonly fail: FailJson;

  constructor(text: string, fail: FailJson) {
    this.text = text;
    this.fail = fail;
  }

  /** The value of the whole text. @throws what `fail` makes, or INVALID_INPUT at a limit */
  read(): PyValue {
    this.skipSpace();
    const value = this.readValue(0);
    this.skipSpace();
    if (this.at !== this.text.length) throw this.fail('Extra data', this.at);
    return value;
  }

  private skipSpace(): void {
    const { text } = this;
    let { at } = this;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) break;
      at += 1;
    }
    this.at = at;
  }

  private readValue(depth: number): PyValue {
    const code = this.text.charCodeAt(this.at);
    if (code === 0x22) return this.readString();
    if (code === 0x5b) return this.readList(depth + 1);
    if (code === 0x7b) return this.readDict(depth + 1);
    if ((code >= 0x30 && code <= 0x39) || code === 0x2d) return this.readNumber();
    return this.readLiteral();
  }

  private readString(): string {
    const { value, end } = readJsonString(this.text, this.at, this.fail);
    this.at = end;
    return value;
  }

  private readList(depth: number): PyValue[] {
    this.checkDepth(depth);
    const items: PyValue[] = [];
    this.at += 1;
    this.skipSpace();
    if (this.take(0x5d)) return items;
    for (;;) {
      items.push(this.readValue(depth));
      this.skipSpace();
      if (this.take(0x5d)) return items;
      if (!this.take(0x2c)) throw this.fail("Expecting ',' delimiter", this.at);
      this.skipSpace();
    }
  }

  private readDict(depth: number): Map<string, PyValue> {
    this.checkDepth(depth);
    const dict = new Map<string, PyValue>();
    this.at += 1;
    this.skipSpace();
    if (this.take(0x7d)) return dict;
    for (;;) {
      const key = this.readKey();
      dict.set(key, this.readValue(depth));
      this.skipSpace();
      if (this.take(0x7d)) return dict;
      if (!this.take(0x2c)) throw this.fail("Expecting ',' delimiter", this.at);
      this.skipSpace();
    }
  }

  private readKey(): string {
    if (this.text.charCodeAt(this.at) !== 0x22) {
      throw this.fail('Expecting property name enclosed in double quotes', this.at);
    }
    const key = this.readString();
    this.skipSpace();
    if (!this.take(0x3a)) throw this.fail("Expecting ':' delimiter", this.at);
    this.skipSpace();
    return key;
  }

  private take(code: number): boolean {
    if (this.text.charCodeAt(this.at) !== code) return false;
    this.at += 1;
    return true;
  }

  private checkDepth(depth: number): void {
    if (depth > depthLimit) {
      throw slipwayError(
        'INVALID_INPUT',
        `Invalid input. The JSON document is nested deeper than ${depthLimit} levels.`,
        { details: { depthLimit, mlflowStatus } },
      );
    }
  }

  private readNumber(): bigint | number {
    const { text, at: start } = this;
    const digits = text.charCodeAt(start) === 0x2d ? start + 1 : start;
    const whole = text.charCodeAt(digits) === 0x30 ? digits + 1 : skipDigits(text, digits);
    if (whole === digits) return this.readLiteral() as number;
    const end = skipExponent(text, skipFraction(text, whole));
    this.at = end;
    return end === whole
      ? readInteger(text.slice(start, end), end - digits)
      : Number(text.slice(start, end));
  }

  private readLiteral(): PyValue {
    for (const [word, value] of literals) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    throw this.fail('Expecting value', this.at);
  }
}

const literals: readonly (readonly [string, PyValue])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
];

function skipDigits(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (!(code >= 0x30 && code <= 0x39)) return at;
    at += 1;
  }
}

/** Past `.digits`; a point without digits is not part of the number. */
function skipFraction(text: string, from: number): number {
  if (text.charCodeAt(from) !== 0x2e) return from;
  const end = skipDigits(text, from + 1);
  return end === from + 1 ? from : end;
}

/** Past `e±digits`; an `e` without digits is not part of the number. */
function skipExponent(text: string, from: number): number {
  if ((text.charCodeAt(from) | 0x20) !== 0x65) return from;
  const sign = text.charCodeAt(from + 1);
  const digits = sign === 0x2b || sign === 0x2d ? from + 2 : from + 1;
  const end = skipDigits(text, digits);
  return end === digits ? from : end;
}

function readInteger(text: string, digits: number): bigint {
  if (digits <= exactDigits) return BigInt(Number(text));
  if (digits <= digitLimit) return BigInt(text);
  throw slipwayError(
    'INVALID_INPUT',
    `Invalid input. Exceeds the limit (${digitLimit} digits) for integer string conversion: value has ${digits} digits.`,
    { details: { digits, digitLimit, mlflowStatus } },
  );
}
