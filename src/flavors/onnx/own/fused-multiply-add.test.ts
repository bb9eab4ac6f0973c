import fc from 'fast-check';
import { expect, it } from 'vitest';
import { exactMultiplyAdd } from '../../../../test/trees/exact-multiply-add.ts';
import { fusedMultiplyAddFloat32 } from './fused-multiply-add.ts';

const anyFloat = fc.float({ noNaN: true, noDefaultInfinity: true, max: 2 ** 60, min: -(2 ** 60) });
/** Few digits, so that sums often lie halfway between two float32. */
const shortFloat = fc
  .tuple(fc.integer({ min: -2049, max: 2049 }), fc.integer({ min: -40, max: 40 }))
  .map(([digits, exponent]) => digits * 2 ** exponent);

it.each([
  ['any numbers', anyFloat],
  ['numbers of few digits', shortFloat],
  ['both', fc.oneof(anyFloat, shortFloat)],
])('rounds once: %s', (_name, float) => {
  fc.assert(
    fc.property(float, float, float, (a, b, c) => {
      expect(fusedMultiplyAddFloat32(a, b, c)).toBe(exactMultiplyAdd(a, b, c));
    }),
    { numRuns: 3000 },
  );
});

it.each([
  ['halfway, and a little more', 2 ** -40, 1, 1 + 2 ** -24],
  ['halfway, and a little less', -(2 ** -40), 1, 1 + 3 * 2 ** -24],
  ['below the normal numbers', 2 ** -70, 2 ** -78 * 1.5, 2 ** -149],
])('is right where rounding twice goes wrong: %s', (_name, a, b, c) => {
  const [x, y, z] = [a, b, c].map(Math.fround) as [number, number, number];
  expect(fusedMultiplyAddFloat32(x, y, z)).toBe(exactMultiplyAdd(x, y, z));
});
