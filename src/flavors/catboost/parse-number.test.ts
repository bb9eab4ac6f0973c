import { describe, expect, it } from 'vitest';
import { categoryText } from './category-text.ts';
import { parseNumber } from './parse-number.ts';

describe('parseNumber', () => {
  it.each([
    ['1.5', 1.5],
    [' \t1.5', 1.5],
    ['5.', 5],
    ['.5e1', 5],
    ['-0', -0],
    ['0x10', 16],
    ['-0X1f', -31],
    ['1e400', Infinity],
    ['   ', 0],
    ['', Number.NaN],
    ['-', Number.NaN],
    ['#N/A N/A', Number.NaN],
    ['none', Number.NaN],
  ])('reads %j as %d', (text, expected) => {
    expect(parseNumber(text)).toBe(expected);
  });

  it.each([
    '1.5 ',
    'Nan',
    'inf',
    'Infinity',
    '1_0',
    '1e',
    '0x',
    '.',
    '++5',
    '- 5',
    '1\u0000',
    '١٢',
  ])('refuses %j', (text) => {
    expect(parseNumber(text)).toBeUndefined();
  });
});

describe('categoryText', () => {
  it('names strings, integers and booleans', () => {
    expect(['a', true, false, 7n, -(2n ** 63n)].map(categoryText)).toEqual([
      'a',
      '1',
      '0',
      '7',
      '-9223372036854775808',
    ]);
    expect(categoryText({ kind: 'scalar', dtype: 'bool', value: true })).toBe('1');
  });

  it('refuses all else', () => {
    const scalar = { kind: 'scalar', dtype: 'float32', value: 1 } as const;
    const refused = [null, 1.5, Number.NaN, 2n ** 63n, '\ud800', [1n], scalar];
    expect(refused.map(categoryText)).toEqual(refused.map(() => undefined));
  });
});
