/** IEEE half precision as bits, and as the numbers of a Float32Array that vectors hold. */

const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

/** Bits of numbers that a half holds exactly (anything else is rounded to nearest, ties to even). */
export function toFloat16Bits(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, halfBits);
}

/** The numbers of halves. */
export function fromFloat16Bits(bits: Uint16Array): Float32Array {
  return Float32Array.from(bits, halfValue);
}

function halfBits(value: number): number {
  scratch[0] = value;
  const bits = scratchBits[0] as number;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 127;
  const fraction = bits & 0x7fffff;
  if (exponent === 128) return sign | (fraction === 0 ? 0x7c00 : 0x7e00 | (fraction >>> 13));
  if (exponent > 15) return sign | 0x7c00;
  if (exponent >= -14) return sign | rounded(((exponent + 15) << 23) | fraction, 13);
  return exponent < -25 ? sign : sign | rounded(fraction | 0x800000, -exponent - 1);
}

/** Drops the low bits, to nearest, ties to even. */
function rounded(bits: number, dropped: number): number {
  const kept = bits >>> dropped;
  const rest = bits & (2 ** dropped - 1);
  const half = 2 ** (dropped - 1);
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept;
}

function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
