/** A fused multiply-add of float32 in arithmetic of float64. */

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
const bits = new BigInt64Array(double.buffer);
const lowWord = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 0 : 1;

/** Below, float32 has fewer digits. */
const smallestNormal = 2 ** -126;

/** a · b + c rounded once to float32; all three are float32. The product is exact in float64, the sum nearly. */
export function fusedMultiplyAddFloat32(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  double[0] = sum;
  // Rounded to float64 it may lie halfway between two float32, and then be rounded to the wrong one.
  const isHalfway = (words[lowWord]! & 0x1fffffff) === 0x10000000;
  if (!isHalfway && Math.abs(sum) >= smallestNormal) return Math.fround(sum);
  return roundOnce(product, c, sum);
}

/** The sum is made odd where it is not exact, which keeps a second rounding from going wrong. */
function roundOnce(product: number, c: number, sum: number): number {
  const part = sum - product;
  const error = product - (sum - part) + (c - part);
  if (error === 0 || !Number.isFinite(sum)) return Math.fround(sum);
  double[0] = sum;
  if ((bits[0]! & 1n) === 0n) bits[0] = bits[0]! + (error > 0 === sum > 0 ? 1n : -1n);
  return Math.fround(double[0]);
}
