/** Floating-point numbers as neighbours on a line: the next one up or down, and how many lie between two. */

/** Width of a floating-point number. */
export type FloatWidth = 'float32' | 'float64';

const float64 = new Float64Array(1);
const bits64 = new BigInt64Array(float64.buffer);
const float32 = new Float32Array(1);
const bits32 = new Int32Array(float32.buffer);

/** Place of a number on the line of all numbers of its width; -0 and 0 share one. */
function placeOf(value: number, width: FloatWidth): bigint {
  if (width === 'float32') {
    float32[0] = value;
    const bits = BigInt(bits32[0] as number);
    return bits >= 0n ? bits : -(bits + 2n ** 31n);
  }
  float64[0] = value;
  const bits = bits64[0] as bigint;
  return bits >= 0n ? bits : -(bits + 2n ** 63n);
}

/** The number `steps` ulps above `value`; NaN stays. */
export function stepFloat(value: number, steps: number, width: FloatWidth): number {
  if (Number.isNaN(value)) return value;
  const place = placeOf(value, width) + BigInt(steps);
  if (width === 'float32') {
    bits32[0] = Number(place >= 0n ? place : -place - 2n ** 31n);
    return float32[0] as number;
  }
  bits64[0] = place >= 0n ? place : -place - 2n ** 63n;
  return float64[0] as number;
}

/** Ulps between two numbers of a width: 0 for equal ones and for two NaN; Infinity where one is NaN. */
export function ulpsBetween(left: number, right: number, width: FloatWidth): number {
  if (Number.isNaN(left) || Number.isNaN(right)) {
    return Number.isNaN(left) && Number.isNaN(right) ? 0 : Infinity;
  }
  const distance = placeOf(left, width) - placeOf(right, width);
  return Number(distance < 0n ? -distance : distance);
}
