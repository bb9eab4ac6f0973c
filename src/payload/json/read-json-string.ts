/** One string of a JSON text. Source: CPython 3.11 `_json.c` scanstring_unicode, strict. */
import type { FailJson } from './json-reader.ts';

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** What stops a run of plain characters. */
// oxlint-disable-next-line no-control-regex -- JSON forbids exactly these
const special = /["\\\u0000-\u001f]/g;

/** The string whose opening quote stands at `start`, and the position after its closing quote. */
export function readJsonString(
  text: string,
  start: number,
  fail: FailJson,
): { readonly value: string; readonly end: number } {
  let value = '';
  let from = start + 1;
  for (;;) {
    special.lastIndex = from;
    const found = special.exec(text);
    if (found === null) throw fail('Unterminated string starting at', start);
    const at = found.index;
    value += text.slice(from, at);
    const code = text.charCodeAt(at);
    if (code === 0x22) return { value, end: at + 1 };
    if (code !== 0x5c) throw fail('Invalid control character at', at);
    const escape = readEscape(text, at, start, fail);
    value += escape.character;
    from = escape.end;
  }
}

interface Escape {
  readonly character: string;
  readonly end: number;
}

/** The escape whose backslash stands at `at`. Surrogates need no pairing: two halves make one in UTF-16. */
function readEscape(text: string, at: number, start: number, fail: FailJson): Escape {
  const letter = text[at + 1];
  if (letter === undefined) throw fail('Unterminated string starting at', start);
  if (letter === 'u') {
    const digits = text.slice(at + 2, at + 6);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw fail('Invalid \\uXXXX escape', at + 1);
    return { character: String.fromCharCode(Number.parseInt(digits, 16)), end: at + 6 };
  }
  const character = escapes[letter];
  if (character === undefined) throw fail('Invalid \\escape', at);
  return { character, end: at + 2 };
}
