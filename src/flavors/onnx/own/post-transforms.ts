/**
 * What operations of ai.onnx.ml do to the scores of a row. Source: onnxruntime 1.30 core/providers/cpu/ml/ml_common.h; every
 * operation is one of float32, and `std::exp` is the platform's expf.
 */
import { expFloat32 } from '../../../trees/transforms/exp-float32.ts';

/** Transforms that are computed here; PROBIT, whose arithmetic a compiler may fuse, is not. */
export type PostTransform = 'NONE' | 'LOGISTIC' | 'SOFTMAX' | 'SOFTMAX_ZERO';

const transforms: readonly string[] = [
  'NONE',
  'LOGISTIC',
  'SOFTMAX',
  'SOFTMAX_ZERO',
] satisfies readonly PostTransform[];

/** True for one that is computed here. */
export function isPostTransform(name: string): name is PostTransform {
  return transforms.includes(name);
}

/** `ComputeLogistic`. */
export function logistic(value: number): number {
  const power = expFloat32(-Math.abs(value));
  const positive = Math.fround(1 / Math.fround(1 + power));
  return value < 0 ? Math.fround(1 - positive) : positive;
}

/** Transforms rows of at least two scores, in place. */
export function transformRows(scores: Float32Array, width: number, transform: PostTransform): void {
  if (transform === 'LOGISTIC') {
    for (let at = 0; at < scores.length; at++) scores[at] = logistic(scores[at]!);
  } else if (transform !== 'NONE') {
    const ofRow = transform === 'SOFTMAX' ? softmax : softmaxZero;
    for (let from = 0; from < scores.length; from += width) ofRow(scores, from, from + width);
  }
}

const lowest = -3.4028234663852886e38;

function largestOf(scores: Float32Array, from: number, end: number): number {
  let largest = lowest;
  for (let at = from; at < end; at++) if (scores[at]! > largest) largest = scores[at]!;
  return largest;
}

/** `ComputeSoftmax`. */
function softmax(scores: Float32Array, from: number, end: number): void {
  const largest = largestOf(scores, from, end);
  let sum = 0;
  for (let at = from; at < end; at++) {
    const power = expFloat32(Math.fround(scores[at]! - largest));
    scores[at] = power;
    sum = Math.fround(sum + power);
  }
  for (let at = from; at < end; at++) scores[at] = scores[at]! / sum;
}

const small = Math.fround(1e-7);

/** `ComputeSoftmaxZero`: scores of about zero stay there. */
function softmaxZero(scores: Float32Array, from: number, end: number): void {
  const largest = largestOf(scores, from, end);
  const factor = expFloat32(-largest);
  let sum = 0;
  for (let at = from; at < end; at++) {
    const score = scores[at]!;
    if (score > small || score < -small) {
      const power = expFloat32(Math.fround(score - largest));
      scores[at] = power;
      sum = Math.fround(sum + power);
    } else {
      scores[at] = score * factor;
    }
  }
  for (let at = from; at < end; at++) scores[at] = scores[at]! / sum;
}
