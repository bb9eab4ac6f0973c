import { expect, it } from 'vitest';
import { stepFloat, ulpsBetween } from './float-steps.ts';

it.each([
  [0, 1, 'float64', 5e-324],
  [0, -1, 'float64', -5e-324],
  [-5e-324, 1, 'float64', 0],
  [1, 1, 'float64', 1 + 2 ** -52],
  [1, -1, 'float32', 1 - 2 ** -24],
  [-1, 1, 'float32', -1 + 2 ** -24],
  [3.4028234663852886e38, 1, 'float32', Infinity],
] as const)('steps from %d by %i in %s', (value, steps, width, expected) => {
  expect(stepFloat(value, steps, width)).toBe(expected);
  expect(ulpsBetween(value, expected, width)).toBe(1);
});

it('counts no distance between equal numbers, and none to NaN', () => {
  expect(ulpsBetween(0, -0, 'float64')).toBe(0);
  expect(ulpsBetween(Number.NaN, Number.NaN, 'float32')).toBe(0);
  expect(ulpsBetween(1, Number.NaN, 'float64')).toBe(Infinity);
  expect(ulpsBetween(-1, 1, 'float32')).toBe(2 * 0x3f800000);
});
