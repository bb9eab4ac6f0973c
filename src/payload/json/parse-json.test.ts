import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PyValue } from '../../data/py-value.ts';
import { decodeJsonText } from './decode-json-text.ts';
import { parseJson } from './parse-json.ts';

const read = (text: string): PyValue => parseJson(Buffer.from(text));

describe('parseJson', () => {
  it.each<[string, PyValue]>([
    ['0', 0n],
    ['-0', 0n],
    ['-0.0', -0],
    ['1', 1n],
    ['1.0', 1],
    ['1e2', 100],
    ['123456789012345678901234567890', 123456789012345678901234567890n],
    ['1e400', Number.POSITIVE_INFINITY],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    [' [1 , 2]\n', [1n, 2n]],
    [String.raw`"a\u00e9\n\ud83d\ude00\/"`, 'aé\n😀/'],
    [String.raw`"\ud800"`, '\ud800'],
    [
      '{"b":1,"a":2,"b":3}',
      new Map([
        ['b', 3n],
        ['a', 2n],
      ]),
    ],
    [
      '{"__proto__":1,"2":2,"1":3}',
      new Map([
        ['__proto__', 1n],
        ['2', 2n],
        ['1', 3n],
      ]),
    ],
    ['[[],{}]', [[], new Map()]],
  ])('reads %s as Python does', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('keeps the place of the first of equal keys', () => {
    expect([...(read('{"b":1,"a":2,"b":3}') as Map<string, PyValue>).keys()]).toEqual(['b', 'a']);
  });

  it.each([
    ['', 'Expecting value: line 1 column 1 (char 0)'],
    ['  \n', 'Expecting value: line 2 column 1 (char 3)'],
    ['[1,]', 'Expecting value: line 1 column 4 (char 3)'],
    ['{"a":1,}', 'Expecting property name enclosed in double quotes: line 1 column 8 (char 7)'],
    ['{"a" 1}', "Expecting ':' delimiter: line 1 column 6 (char 5)"],
    ['[1 2]', "Expecting ',' delimiter: line 1 column 4 (char 3)"],
    ['[1] 2', 'Extra data: line 1 column 5 (char 4)'],
    ['"a', 'Unterminated string starting at: line 1 column 1 (char 0)'],
    ['"a\nb"', 'Invalid control character at: line 1 column 3 (char 2)'],
    [String.raw`"\x"`, String.raw`Invalid \\escape: line 1 column 2 (char 1)`],
    ['01', 'Extra data: line 1 column 2 (char 1)'],
    ['+1', 'Expecting value: line 1 column 1 (char 0)'],
    ['1.', 'Extra data: line 1 column 2 (char 1)'],
    ['nul', 'Expecting value: line 1 column 1 (char 0)'],
    ['["😀" 1]', "Expecting ',' delimiter: line 1 column 6 (char 5)"],
  ])('refuses %j at the place that Python names', (text, problem) => {
    expect(() => read(text)).toThrow(problem);
  });

  it('refuses what Python cannot hold', () => {
    expect(() => read(`${'['.repeat(3000)}${']'.repeat(3000)}`)).toThrow('nested deeper');
    expect(() => read('9'.repeat(4301))).toThrow('4300 digits');
    expect(read(`-${'9'.repeat(4300)}`)).toBe(-(10n ** 4300n) + 1n);
    expect(() => parseJson(Uint8Array.of(0x22, 0xff, 0x22))).toThrow('UnicodeDecodeError');
  });

  it('bounds the part of the body that it repeats', () => {
    expect(() => read(`x${'y'.repeat(100_000)}`)).toThrow(/^.{0,600}$/s);
  });

  it('reads whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(toPlain(read(JSON.stringify(value)))).toEqual(toPlain(normalize(value)));
      }),
    );
  });

  it('reads or refuses any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          parseJson(bytes);
        } catch (error) {
          expect((error as { code?: string }).code).toBe('INVALID_INPUT');
        }
      }),
    );
  });
});

describe('decodeJsonText', () => {
  const text = '{"é":"日本😀"}';
  const utf16 = Buffer.from(text, 'utf16le');
  const utf32 = Buffer.from(
    Uint32Array.from(Array.from(text, (character) => character.codePointAt(0) ?? 0)).buffer,
  );
  it.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16 little-endian', utf16],
    ['UTF-16 big-endian', Buffer.from(utf16).swap16()],
    ['UTF-16 with mark', Buffer.concat([Buffer.of(0xff, 0xfe), utf16])],
    ['UTF-32 little-endian', utf32],
    ['UTF-32 big-endian', Buffer.from(utf32).swap32()],
    ['UTF-32 with mark', Buffer.concat([Buffer.of(0xff, 0xfe, 0, 0), utf32])],
  ])('decodes %s', (_name, body) => {
    expect(decodeJsonText(body)).toBe(text);
  });

  it('lets surrogates through, and nothing else that is wrong', () => {
    expect(decodeJsonText(Buffer.of(0x22, 0xed, 0xa0, 0x80, 0x22))).toBe('"\ud800"');
    expect(decodeJsonText(Buffer.of(0x22, 0xc0, 0x80, 0x22))).toBeNull();
    expect(decodeJsonText(Buffer.of(0xff, 0xfe, 0x22))).toBeNull();
  });
});

/** Numbers as doubles and -0 as 0: JSON.stringify writes neither apart. */
function toPlain(value: PyValue): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map((item) => toPlain(item as PyValue));
  if (value instanceof Map) {
    return Array.from(value as ReadonlyMap<string, PyValue>, ([key, item]) => [key, toPlain(item)]);
  }
  return value === 0 ? 0 : value;
}

function normalize(value: unknown): PyValue {
  if (Array.isArray(value)) return value.map(normalize);
  if (typeof value !== 'object' || value === null) return value as PyValue;
  return new Map(Object.entries(value).map(([key, item]) => [key, normalize(item)]));
}
