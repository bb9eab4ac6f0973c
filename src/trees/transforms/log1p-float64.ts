/** log1p as glibc computes it, for the exponentials that LightGBM's `cross_entropy_lambda` puts in. */
import { fusedMultiplyAdd as fma } from './fused-multiply-add.ts';

const ln2High = 6.9314718036912381649e-1;
const ln2Low = 1.90821492927058770002e-10;
const l1 = 6.66666666666673513e-1;
const l2 = 3.999999999940941908e-1;
const l3 = 2.857142874366239149e-1;
const l4 = 2.222219843214978396e-1;
const l5 = 1.818357216161805012e-1;
const l6 = 1.531383769920937332e-1;
const l7 = 1.479819860511658591e-1;

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);

/**
 * ln(1 + x), to the bit of glibc's `log1p` on x86-64 with FMA. Method and coefficients are those of fdlibm (s_log1p.c).
 *
 * @param x not negative
 */
export function log1pFloat64(x: number): number {
  if (x !== x || x === Infinity) return x;
  if (x < 2 ** -29) return x < 2 ** -54 ? x : x - x * x * 0.5;
  double[0] = x;
  const high = words[1] as number;
  if (high < 0x3fda827a) return x - (x * 0.5 * x - correctionOf(x));
  const far = high >= 0x43400000;
  const sum = far ? x : 1 + x;
  double[0] = sum;
  let exponent = ((words[1] as number) >> 20) - 1023;
  const lost = far ? 0 : (exponent > 0 ? 1 - (sum - x) : x - (sum - 1)) / sum;
  let mantissa = (words[1] as number) & 0xfffff;
  if (mantissa < 0x6a09e) words[1] = mantissa | 0x3ff00000;
  else {
    exponent += 1;
    words[1] = mantissa | 0x3fe00000;
    mantissa = (0x100000 - mantissa) >> 2;
  }
  return addLogarithm(double[0] - 1, exponent, lost, mantissa === 0);
}

/** ln(1 + rest) + exponent × ln 2, where `lost` is what 1 + x lost in rounding. */
function addLogarithm(rest: number, exponent: number, lost: number, isTiny: boolean): number {
  const low = fma(exponent, ln2Low, lost);
  if (isTiny && rest === 0) return exponent === 0 ? 0 : fma(exponent, ln2High, low);
  const half = rest * 0.5 * rest;
  if (isTiny) {
    const correction = fma(-l1, rest, 1) * half;
    if (exponent === 0) return rest - correction;
    return fma(exponent, ln2High, -(correction - low - rest));
  }
  const correction = correctionOf(rest);
  if (exponent === 0) return rest - (half - correction);
  return fma(exponent, ln2High, -(half - (low + correction) - rest));
}

/** s × (f²/2 + R(s²)) with s = f / (2 + f). */
function correctionOf(rest: number): number {
  const half = rest * 0.5 * rest;
  const s = rest / (2 + rest);
  const z = s * s;
  const z2 = z * z;
  const z4 = z2 * z2;
  const first = fma(z, l1, z2 * fma(z, l3, l2));
  const series = fma(z2 * z4, fma(z, l7, l6), fma(z4, fma(z, l5, l4), first));
  return (series + half) * s;
}
