import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDouble } from './parse-double.ts';

const parse = (text: string): number => {
  const bytes = Buffer.from(` ${text} `);
  return parseDouble(bytes, 1, bytes.length - 1, 'threshold');
};

describe('parseDouble', () => {
  it('reads every double that LightGBM writes', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        for (const text of [value.toPrecision(17), String(value)]) {
          expect(parse(text)).toBe(Number(text));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('rounds any digits to the nearest double', () => {
    const digits = fc.stringMatching(/^\d{1,19}$/);
    const exponent = fc.integer({ min: -340, max: 310 });
    fc.assert(
      fc.property(digits, digits, exponent, (whole, fraction, power) => {
        const text = `${whole}.${fraction}e${power}`;
        expect(parse(text)).toBe(Number(text));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['halfway, to even', '9007199254740993', 9007199254740992],
    ['just above halfway', '9007199254740993.0000000000000000001', 9007199254740994],
    ['halfway with a power', '1.00000000000000011102230246251565e0', 1],
    ['minus zero', '-0', -0],
    ['no digits before the point', '.5', 0.5],
    ['no digits behind it', '5.', 5],
    ['an upper-case exponent', '1E+2', 100],
    ['a denormal', '4.9406564584124654e-324', 5e-324],
    ['too large', '1e999', Infinity],
    ['infinity', '-inf', -Infinity],
    ['not a number', 'nan', Number.NaN],
    ['a plus', '+3', 3],
  ])('reads %s', (_, text, value) => {
    expect(parse(text)).toBe(value);
  });

  it.each(['', '-', '.', 'e5', '1e', '1e+', '1x', '1 2', '0x10', '1.2.3', '--1', '1e5e5'])(
    'refuses %j',
    (text) => {
      expect(() => parse(text)).toThrow('which is no number');
    },
  );
});
