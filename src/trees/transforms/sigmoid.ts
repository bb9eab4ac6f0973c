/** The logistic function and its inverse, in XGBoost's float32 arithmetic. */
import { expFloat32 } from './exp-float32.ts';
import { logFloat32 } from './log-float32.ts';

const largestExponent = Math.fround(88.7);
/** XGBoost's kRtEps. */
const smallestProbability = Math.fround(1e-6);
const largestProbability = Math.fround(1 - smallestProbability);

/** 1 / (1 + e^-x) of every element, in place. Source: XGBoost 3.2 src/common/math.h `Sigmoid`. */
export function sigmoidInPlace(values: Float32Array): void {
  for (let i = 0; i < values.length; i += 1) {
    const negated = -(values[i] as number);
    const power = expFloat32(largestExponent < negated ? largestExponent : negated);
    values[i] = 1 / Math.fround(power + 1);
  }
}

/**
 * Margin of a probability, which is first kept off 0 and 1 by 1e-6.
 * Source: XGBoost 3.2 src/objective/regression_loss.h `LogisticRegression::ProbToMargin`.
 */
export function logitFloat32(probability: number): number {
  const bounded = Math.min(Math.max(probability, smallestProbability), largestProbability);
  return -logFloat32(Math.fround(Math.fround(1 / bounded) - 1));
}
