/** a · b + c of float32 by integers of any size, rounded once: what a fused multiply-add gives. */

/** Every float32, and every product of two, is a multiple of 2^-300. */
const scale = 300;

/** The reference; finite numbers whose result is finite. */
export function exactMultiplyAdd(a: number, b: number, c: number): number {
  const exact = (integerOf(a) * integerOf(b)) / 2n ** BigInt(scale) + integerOf(c);
  const size = exact < 0n ? -exact : exact;
  if (size === 0n) return a * b + c;
  return toFloat32(size) * (exact < 0n ? -1 : 1);
}

/** value · 2^300. */
function integerOf(value: number): bigint {
  let [digits, exponent] = [value, 0];
  while (!Number.isInteger(digits)) [digits, exponent] = [digits * 2, exponent + 1];
  return BigInt(digits) * 2n ** BigInt(scale - exponent);
}

/** Nearest float32 of size · 2^-300, ties to even. */
function toFloat32(size: bigint): number {
  const length = size.toString(2).length;
  // The last digit of a subnormal number is 2^-149.
  const dropped = BigInt(Math.max(length - 24, scale - 149));
  const unit = 2n ** dropped;
  const [kept, rest] = [size / unit, size % unit];
  const isUp = rest * 2n > unit || (rest * 2n === unit && kept % 2n === 1n);
  return Number(kept + (isUp ? 1n : 0n)) * 2 ** (Number(dropped) - scale);
}
