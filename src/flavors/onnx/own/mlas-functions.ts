/** The logistic function and tanh as MLAS approximates them with FMA. Source: onnxruntime 1.30 core/mlas/lib/logistic.cpp, tanh.cpp. */
import { fusedMultiplyAddFloat32 } from './fused-multiply-add.ts';

/** A quotient of polynomials of x², the first of them times x; coefficients from the highest power down. */
interface Approximation {
  /** Values beyond are taken for it. */
  readonly limit: number;
  readonly numerator: Float32Array;
  readonly denominator: Float32Array;
}

const logisticParts: Approximation = {
  limit: 18,
  numerator: Float32Array.of(
    4.37031012579801e-11,
    1.15627324459942e-7,
    6.08574864600143e-5,
    8.51377133304701e-3,
    2.48287947061529e-1,
  ),
  denominator: Float32Array.of(
    6.1024738975568e-13,
    5.76102136993427e-9,
    6.2910678501704e-6,
    1.70198817374094e-3,
    1.16817656904453e-1,
    9.9315192102318e-1,
  ),
};

const tanhParts: Approximation = {
  limit: 9,
  numerator: Float32Array.of(
    -2.76076847742355e-16,
    2.00018790482477e-13,
    -8.60467152213735e-11,
    5.12229709037114e-8,
    1.48572235717979e-5,
    6.37261928875436e-4,
    4.89352455891786e-3,
  ),
  denominator: Float32Array.of(
    1.19825839466702e-6,
    1.18534705686654e-4,
    2.268434632439e-3,
    4.89352518554385e-3,
  ),
};

/** `MlasComputeLogistic` of a number that is not NaN. */
export function mlasLogistic(value: number): number {
  const shifted = Math.fround(quotient(value, logisticParts) + 0.5);
  return shifted > 0 ? shifted : 0;
}

/** `MlasComputeTanh` of a number that is not NaN. */
export function mlasTanh(value: number): number {
  return quotient(value, tanhParts);
}

function quotient(value: number, { limit, numerator, denominator }: Approximation): number {
  const x = Math.min(limit, Math.max(-limit, value));
  const square = Math.fround(x * x);
  const above = Math.fround(x * polynomial(square, numerator));
  return Math.fround(above / polynomial(square, denominator));
}

function polynomial(x: number, coefficients: Float32Array): number {
  let value = coefficients[0]!;
  for (let at = 1; at < coefficients.length; at++)
    value = fusedMultiplyAddFloat32(x, value, coefficients[at]!);
  return value;
}
