import { describe, expect, it } from 'vitest';
import { fastExpInPlace } from './fast-exp.ts';

/** x, and what CatBoost 1.2.10 answered for one row and for four, on a processor with AVX2 and FMA. */
const recorded = [
  [15.338523927695007, 4586023.77982462, 4586023.77982462],
  [-4.175949265863109, 0.015360603435589374, 0.015360603435589374],
  [5.718394047342899, 304.4156530630218, 304.4156530630218],
  [3.079447907084522, 21.746393051824043, 21.746393051824043],
  [-2.489531902358834, 0.08294878561979846, 0.08294878561979846],
  [-2.5831249406507926, 0.07553758434851812, 0.07553758434851812],
  [0.0, 1.0, 1.0],
  [-0.0, 1.0, 1.0],
  [1.0, 2.718281828459045, 2.718281828459045],
  [709.7, 1.6549840276803082e308, 1.6549840276803082e308],
  [709.782712893384, Infinity, Infinity],
  [709.7827256, Infinity, Infinity],
  [710.0, Infinity, Infinity],
  [1e300, Infinity, Infinity],
  [-708.3964185322641, 0.0, 2.2250738585072014e-308],
  [-709.0, 0.0, 2.2250738585072014e-308],
  [-1e300, 0.0, 2.2250738585072014e-308],
  [1e-300, 1.0, 1.0],
  [0.5, 1.6487212707001282, 1.6487212707001282],
  [-0.5, 0.6065306597126334, 0.6065306597126334],
] as const;

describe('fastExpInPlace', () => {
  it.each(recorded)('e^%d', (x, single, ofFour) => {
    const one = Float64Array.of(x);
    fastExpInPlace(one);
    expect(one[0]).toBe(single);
    const five = Float64Array.of(0, x, 1, 2, x);
    fastExpInPlace(five);
    expect([five[1], five[4]]).toEqual([ofFour, single]);
  });

  it('stays within 1e-13 of the exponential', () => {
    const xs = Float64Array.from({ length: 2001 }, (_, i) => (i - 1000) * 0.37);
    const values = xs.slice();
    fastExpInPlace(values);
    for (const [i, value] of values.entries()) {
      expect(Math.abs(value / Math.exp(xs[i] as number) - 1)).toBeLessThan(1e-13);
    }
  });
});
