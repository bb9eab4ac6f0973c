/** NumPy's `astype(float32)` of what is not a float: integers are rounded once, objects go through Python's `float`. */
import type { PyValue } from './py-value.ts';

const exactLimit = 2n ** 53n;

/** One rounding from a 64-bit integer to float32, as a C cast; through double it would be two. */
export function integerToFloat32(value: bigint): number {
  if (value >= -exactLimit && value <= exactLimit) return Number(value);
  const sticky = (value & 0xfffn) === 0n ? 0n : 1n;
  return Number((value >> 12n) | sticky) * 4096;
}

const decimal = /^[+-]?(\d+(_\d+)*\.?(\d+(_\d+)*)?|\.\d+(_\d+)*)(e[+-]?\d+(_\d+)*)?$/i;

/** Python's `float(value)` of an object, None as NaN; null for what Python refuses. The result is still a double. */
export function pythonFloat(value: PyValue): number | null {
  if (value === null) return Number.NaN;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') {
    return Number(value);
  }
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (decimal.test(text)) return Number(text.replaceAll('_', ''));
  if (/^[+-]?nan$/i.test(text)) return Number.NaN;
  if (!/^[+-]?inf(inity)?$/i.test(text)) return null;
  return text.startsWith('-') ? -Infinity : Infinity;
}

/** Elements `start`, `start + stride`, … as float32. */
export function convertToFloat32<Element>(
  values: ArrayLike<Element>,
  start: number,
  stride: number,
  convert: (value: Element) => number,
): Float32Array {
  const result = new Float32Array(Math.ceil((values.length - start) / stride));
  for (let i = 0; i < result.length; i += 1) {
    result[i] = convert(values[start + i * stride] as Element);
  }
  return result;
}
