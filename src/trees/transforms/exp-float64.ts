/** exp as glibc computes it, since LightGBM calls it: `Math.exp` has another last bit for some values. */
import { expTails, octaveSteps } from './exp-table.ts';
import { fusedMultiplyAdd as fma } from './fused-multiply-add.ts';

const stepsPerUnit = 184.6649652337873; // 128 / ln 2
const minusStepHigh = -0.005415212348111709;
const minusStepLow = -1.2864023111638346e-14;
const c2 = 0.49999999999996786;
const c3 = 0.16666666666665886;
const c4 = 0.0416666808410674;
const c5 = 0.008333335853059549;
/** Adding and subtracting it rounds to an integer, ties to even. */
const roundingShift = 6755399441055744; // 1.5 × 2^52
const overflowAbove = 709.782712893384;
const underflowBelow = -745.1332191019412;

const power = new Float64Array(1);
const powerBits = new Uint32Array(power.buffer);

/** More than the fused operations can change, relative to the result. */
const doubt = 2 ** -57;

/**
 * e^x, to the bit of glibc's `exp` (2.28 and later) on x86-64 with FMA. The method, its order of operations and
 * its coefficients are those of ARM's optimized routines, which glibc uses.
 */
export function expFloat64(x: number): number {
  if (!(x > -512 && x < 512)) return expFar(x);
  // Plain operations first: mostly, what fused ones would change can't move the rounding of the result.
  const steps = x * stepsPerUnit + roundingShift - roundingShift;
  const rest = x + steps * minusStepHigh + steps * minusStepLow;
  const step = steps & 127;
  const square = rest * rest;
  const near = (expTails[2 * step] as number) + rest + square * (c2 + rest * c3);
  const tail = near + square * square * (c4 + rest * c5);
  const scale = (octaveSteps[step] as number) * powerOfTwo((steps - step) / 128);
  const result = scale + scale * (tail + doubt);
  return result === scale + scale * (tail - doubt) ? result : expFused(x);
}

function expFar(x: number): number {
  if (x !== x) return x;
  if (x > overflowAbove) return Infinity;
  return x < underflowBelow ? 0 : expFused(x);
}

function expFused(x: number): number {
  if (Math.abs(x) < 2 ** -54) return 1 + x;
  const steps = fma(stepsPerUnit, x, roundingShift) - roundingShift;
  const rest = fma(steps, minusStepLow, fma(steps, minusStepHigh, x));
  const step = steps & 127;
  const square = rest * rest;
  const low = fma(fma(rest, c3, c2), square, (expTails[2 * step] as number) + rest);
  const tail = fma(square * square, fma(rest, c5, c4), low);
  const octave = (steps - step) / 128;
  if (x < -512 || x >= 512) return scaleFar(octaveSteps[step] as number, tail, octave);
  const scale = (octaveSteps[step] as number) * powerOfTwo(octave);
  return fma(scale, tail, scale);
}

/** 2^exponent, for exponents of normal numbers. */
function powerOfTwo(exponent: number): number {
  powerBits[1] = (exponent + 1023) << 20;
  return power[0] as number;
}

/** Results near the ends of the range, where one of the factors alone would leave it. */
function scaleFar(start: number, tail: number, octave: number): number {
  if (octave >= 0) {
    const scale = start * powerOfTwo(octave - 1009);
    return fma(scale, tail, scale) * 2 ** 1009;
  }
  const scale = start * powerOfTwo(octave + 1022);
  let result = scale + scale * tail;
  if (result < 1) {
    // Rounds to the place of the last bit of a subnormal number, once.
    const low = scale - result + scale * tail;
    const high = 1 + result;
    result = high + (1 - high + result + low) - 1;
  }
  return result * 2 ** -1022;
}
