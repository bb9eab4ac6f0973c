import { describe, expect, it } from 'vitest';
import { formatJsonFloat, formatPythonFloat } from './format-float.ts';

describe('formatPythonFloat', () => {
  it.each([
    [0, '0.0'],
    [-0, '-0.0'],
    [1, '1.0'],
    [-12, '-12.0'],
    [0.1, '0.1'],
    [Math.fround(0.1), '0.10000000149011612'],
    [1e-4, '0.0001'],
    [1e-5, '1e-05'],
    [1.5e-7, '1.5e-07'],
    [-1.5e-7, '-1.5e-07'],
    [9_999_999_999_999_998, '9999999999999998.0'],
    [1e16, '1e+16'],
    [1.2345e22, '1.2345e+22'],
    [5e-324, '5e-324'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [Number.NaN, 'nan'],
    [Infinity, 'inf'],
    [-Infinity, '-inf'],
  ])('writes %d as %s', (value, text) => {
    expect(formatPythonFloat(value)).toBe(text);
  });
});

describe('formatJsonFloat', () => {
  it('writes the literals of json.dumps', () => {
    expect([Number.NaN, Infinity, -Infinity, 2].map(formatJsonFloat)).toEqual([
      'NaN',
      'Infinity',
      '-Infinity',
      '2.0',
    ]);
  });
});
