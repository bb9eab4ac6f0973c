import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExactJson } from './parse-exact-json.ts';

describe('parseExactJson', () => {
  it('keeps ints of any size apart from floats', () => {
    expect(parseExactJson('[1, 1.0, -0, -0.0, 1e3, 123456789012345678901]')).toEqual([
      1n,
      1,
      0n,
      -0,
      1000,
      123456789012345678901n,
    ]);
  });

  it("reads Python's literals for numbers", () => {
    expect(parseExactJson('[NaN, Infinity, -Infinity]')).toEqual([NaN, Infinity, -Infinity]);
  });

  it('keeps order and odd keys; the last of equal keys wins', () => {
    const value = parseExactJson('{"b": 1, "2": "n7", "__proto__": null, "b": "s\\"\\u0041"}');
    expect(value).toEqual(
      new Map<string, unknown>([
        ['b', 's"A'],
        ['2', 'n7'],
        ['__proto__', null],
      ]),
    );
  });

  it.each(['', '[1,]', '01', '1.', '.5', '{1: 2}', '{"a" 1}', '"a', '[1 2]', '-', 'Nan', '"\t"'])(
    'refuses %j',
    (text) => {
      expect(() => parseExactJson(text)).toThrow(SyntaxError);
    },
  );

  it('refuses what is too deep or too long', () => {
    expect(() => parseExactJson('['.repeat(5000) + ']'.repeat(5000))).toThrow(/deeper/);
    expect(() => parseExactJson('9'.repeat(5000))).toThrow(/5000 digits/);
  });

  it('agrees with JSON.parse on everything that JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(plain(parseExactJson(text))).toEqual(JSON.parse(text));
      }),
    );
  });
});

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map((item) => plain(item));
  if (!(value instanceof Map)) return value;
  const result = {};
  for (const [key, item] of value) {
    Object.defineProperty(result, key, { value: plain(item), enumerable: true });
  }
  return result;
}
