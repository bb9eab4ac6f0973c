/** Roundings of numbers to float32 and float16 that JavaScript lacks. Source: NumPy 2 halffloat.c, C conversions on x86-64. */

/** Float64 → float16, half to even; above 65,519.99 infinite. The result is exact in a double. */
export function roundToHalf(value: number): number {
  const magnitude = Math.abs(value);
  if (Number.isNaN(value) || magnitude === 0) return value;
  if (magnitude >= 65_520) return value < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const step = magnitude < 2 ** -14 ? 2 ** -24 : 2 ** (exponentOf(magnitude) - 10);
  const rounded = roundHalfToEven(magnitude / step) * step;
  return value < 0 ? -rounded : rounded;
}

/** Power of two at or below a positive normal number. */
function exponentOf(magnitude: number): number {
  const guess = Math.floor(Math.log2(magnitude));
  if (2 ** guess > magnitude) return guess - 1;
  return 2 ** (guess + 1) <= magnitude ? guess + 1 : guess;
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** 64-bit integer → float32 in one rounding, where going through a double would round twice. */
export function integerToFloat32(value: bigint): number {
  const magnitude = value < 0n ? -value : value;
  if (magnitude < 2n ** 53n) return Math.fround(Number(value));
  const sticky = (magnitude & 2047n) === 0n ? 0n : 1n;
  const rounded = Math.fround(Number((magnitude >> 11n) | sticky)) * 2048;
  return value < 0n ? -rounded : rounded;
}
