/** 2^27 + 1: splits a double into two halves whose products are exact. */
const splitter = 134_217_729;

/**
 * a × b + c with one rounding, as the `fma` instruction that the maths library of x86-64 is compiled for.
 * Exact but for chances of about 2^-50; a × b must stay between 2^-960 and 2^990.
 */
export function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const product = a * b;
  const scaledA = splitter * a;
  const highA = scaledA - (scaledA - a);
  const lowA = a - highA;
  const scaledB = splitter * b;
  const highB = scaledB - (scaledB - b);
  const lowB = b - highB;
  const productError = highA * highB - product + highA * lowB + lowA * highB + lowA * lowB;
  const sum = product + c;
  const part = sum - product;
  const sumError = product - (sum - part) + (c - part);
  return sum + (sumError + productError);
}
