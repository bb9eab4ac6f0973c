/** The two kinds of escapes in the texts of protocol 0. */
import type { PickleMachine } from './pickle-machine.ts';

const escape = /\\(?:x([0-9a-fA-F]{2})|([0-7]{1,3})|([^]))/g;
const named: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
};

/** Escapes of a Python 2 string, as `codecs.escape_decode` reads them: one character a byte. */
export function decodeEscapes(text: string, machine: PickleMachine): string {
  return text.replaceAll(
    escape,
    (_, hex: string | undefined, octal: string | undefined, letter: string | undefined) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
      if (letter === 'x') throw machine.fail('a string holds a wrong escape');
      return Object.hasOwn(named, letter ?? '') ? (named[letter ?? ''] ?? '') : `\\${letter ?? ''}`;
    },
  );
}

const lastCodePoint = 0x10ffff;

/** The codec `raw_unicode_escape`: only `\uXXXX` and `\UXXXXXXXX` after an odd number of backslashes. */
export function decodeRawUnicode(text: string, machine: PickleMachine): string {
  return text.replaceAll(
    /(\\+)(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})?/g,
    (all, slashes: string, code?: string) => {
      if (code === undefined || slashes.length % 2 === 0) return all;
      const point = Number.parseInt(code.slice(1), 16);
      if (point > lastCodePoint) throw machine.fail('a text that is no Unicode');
      return slashes.slice(1) + String.fromCodePoint(point);
    },
  );
}
