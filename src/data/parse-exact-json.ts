/** Small JSON documents, read as Python's `json.loads` reads them: exact integers, 1.0 apart from 1, NaN and Infinity. */
import type { PyValue } from './py-value.ts';

/** Deeper nesting is refused; Python itself gives up near 1,000. */
const depthLimit = 500;

/** Python refuses integers with more digits. Source: CPython 3.11 `sys.int_info.default_max_str_digits`. */
const digitLimit = 4300;

/** A string, or a number (kept as text for later), or one of Python's literals for numbers. */
const token =
  /"[^"\\]*(?:\\[^][^"\\]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|NaN|-?Infinity/g;

/**
 * Reads `text`: objects become Maps, ints bigint, floats number. The last of equal keys wins.
 * Meant for documents of at most a few megabytes (signatures, examples).
 * @throws SyntaxError when `text` is not JSON, is nested deeper than 500 levels or holds a huge integer
 */
export function parseExactJson(text: string): PyValue {
  // Strings get an `s` in front and numbers become strings with an `n`, so that JSON.parse loses nothing.
  const tagged = text.replaceAll(token, (found) =>
    found.startsWith('"') ? `"s${found.slice(1)}` : `"n${found}"`,
  );
  return untag(JSON.parse(tagged), 0);
}

function untag(value: unknown, depth: number): PyValue {
  if (depth > depthLimit) throw new SyntaxError(`nested deeper than ${depthLimit} levels`);
  if (typeof value === 'string') {
    return value.startsWith('n') ? readNumber(value.slice(1)) : value.slice(1);
  }
  if (Array.isArray(value)) return value.map((item) => untag(item, depth + 1));
  if (typeof value === 'boolean' || value === null) return value;
  const entries = Object.entries(value as Readonly<Record<string, unknown>>);
  return new Map(entries.map(([key, item]) => [readKey(key), untag(item, depth + 1)]));
}

function readKey(key: string): string {
  if (key.startsWith('n')) throw new SyntaxError(`the key ${key.slice(1)} is not in quotes`);
  return key.slice(1);
}

function readNumber(text: string): bigint | number {
  if (!/^-?\d+$/.test(text)) return Number(text);
  if (text.length > digitLimit) throw new SyntaxError(`an integer of ${text.length} digits`);
  return BigInt(text);
}
