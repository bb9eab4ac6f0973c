/** Scores → class numbers → labels. Source: LightGBM 4.7 sklearn.py `LGBMClassifier.predict`. */
import { type NdArray, ndArray } from '../../../data/nd-array.ts';
import type { Vector } from '../../../data/vector.ts';
import { refuseInput } from '../feature-matrix.ts';

/**
 * The label of the greatest score in each row, the first of equal ones; NaN is greater than any.
 *
 * @param scores one a row, which stands for (1 − score, score), or `width` a row
 * @throws PREDICT_FAILED where a class has no label: scikit-learn's "previously unseen labels"
 */
export function chooseLabels(scores: Float64Array, width: number, labels: Vector): NdArray {
  const classes = width > 1 ? argmaxRows(scores, width) : argmaxPairs(scores);
  const count = labels.values.length;
  if (classes.some((index) => index >= count)) {
    throw refuseInput('The model gives a class that its encoder has no label for.', {
      classes: count,
    });
  }
  return ndArray(takeVector(labels, classes));
}

/** `np.argmax((1 - score, score))` of each score. */
function argmaxPairs(scores: Float64Array): Int32Array {
  const result = new Int32Array(scores.length);
  for (let row = 0; row < result.length; row += 1) {
    const score = scores[row] as number;
    result[row] = score > 1 - score ? 1 : 0;
  }
  return result;
}

/** `np.argmax(axis=1)`. */
function argmaxRows(scores: Float64Array, width: number): Int32Array {
  const result = new Int32Array(scores.length / width);
  for (let row = 0; row < result.length; row += 1) {
    const start = row * width;
    let best = 0;
    for (let index = 1; index < width; index += 1) {
      const score = scores[start + index] as number;
      const top = scores[start + best] as number;
      if (Number.isNaN(top)) break;
      if (score > top || Number.isNaN(score)) best = index;
    }
    result[row] = best;
  }
  return result;
}

type TypedValues = Extract<Vector['values'], ArrayBufferView>;

/** `np.take`: elements of `vector` by their index. */
function takeVector(vector: Vector, indices: Int32Array): Vector {
  const { values } = vector;
  if (!ArrayBuffer.isView(values)) {
    return { ...vector, values: Array.from(indices, (index) => values[index]) } as Vector;
  }
  const taken = makeLike(values, indices.length);
  for (let row = 0; row < indices.length; row += 1) {
    taken[row] = values[indices[row] as number] as number;
  }
  return { ...vector, values: taken } as Vector;
}

function makeLike(values: TypedValues, length: number): Record<number, number | bigint> {
  const Constructor = values.constructor as new (size: number) => Record<number, number | bigint>;
  return new Constructor(length);
}
