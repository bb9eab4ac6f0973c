import { describe, expect, it } from 'vitest';
import { exactMultiplyAdd } from '../../../../test/trees/exact-multiply-add.ts';
import { SeededNumbers } from '../../../backend/verify/seeded-numbers.ts';
import { DenseKernel, type DenseMatrix } from './dense-kernel.ts';

/** Each element a chain of fused multiply-adds over the features, then the bias. */
function chains({ depth, width, weights, bias }: DenseMatrix, rows: Float32Array): Float32Array {
  const sums = new Float32Array((rows.length / depth) * width);
  for (let at = 0; at < sums.length; at++) {
    const [row, column] = [Math.floor(at / width), at % width];
    let sum = 0;
    for (let k = 0; k < depth; k++)
      sum = exactMultiplyAdd(rows[row * depth + k]!, weights[k * width + column]!, sum);
    sums[at] = sum + bias[column]!;
  }
  return sums;
}

/** One, or a little off half of the last digit of one, whose products are off by less than float64 tells of a sum. */
function nearlyHalf(random: SeededNumbers): number {
  const sign = random.below(2) === 0 ? 1 : -1;
  if (random.below(3) === 0) return Math.fround(sign * (1 + random.below(2 ** 20) * 2 ** -23));
  const far = random.below(2) === 0 ? 2 ** -15 : -(2 ** -15);
  return sign * 2 ** -(random.below(3) + 11) * (1 + far);
}

const drawers = {
  'any digits': (random: SeededNumbers) => Math.fround((random.next() - 0.5) * 8),
  'products of about half a digit': nearlyHalf,
};
const shapes = [
  { rows: 1, depth: 7, width: 1 },
  { rows: 9, depth: 12, width: 1 },
  { rows: 6, depth: 10, width: 3 },
  { rows: 5, depth: 9, width: 8 },
  { rows: 3, depth: 11, width: 15 },
  { rows: 4, depth: 5, width: 18 },
];

describe.each(Object.entries(drawers))('a matrix of numbers with %s', (_name, draw) => {
  it.each(shapes)('$rows rows, $depth × $width', ({ rows, depth, width }) => {
    for (let seed = 0; seed < 12; seed++) {
      const random = new SeededNumbers(seed);
      const list = (length: number): Float32Array =>
        Float32Array.from({ length }, () => draw(random));
      const matrix = { depth, width, weights: list(depth * width), bias: list(width) };
      const kernel = new DenseKernel(matrix, rows);
      const given = list(rows * depth);
      expect(kernel.multiply(given, rows), `seed ${seed}`).toEqual(chains(matrix, given));
    }
  });
});

it('leaves numbers alone whose sums may be too large or too small', () => {
  const matrix = {
    depth: 2,
    width: 1,
    weights: Float32Array.of(1, 2 ** -60),
    bias: new Float32Array(1),
  };
  const kernel = new DenseKernel(matrix, 2);
  expect(kernel.multiply(Float32Array.of(1, 2), 1)).toEqual(Float32Array.of(1));
  for (const odd of [Number.NaN, Infinity, -Infinity, -(2 ** 124), 2 ** -21, 2 ** -149])
    expect(kernel.multiply(Float32Array.of(1, 1, 1, odd), 2), String(odd)).toBeNull();
  expect(kernel.multiply(Float32Array.of(0, 2 ** -20), 1)).toEqual(Float32Array.of(2 ** -80));
  expect(kernel.multiply(Float32Array.of(2 ** 123, -0), 1)).toEqual(Float32Array.of(2 ** 123));
  expect(kernel.multiply(Float32Array.of(0, -0, -0, 0), 2)).toEqual(Float32Array.of(0, 0));
});
