/** What XGBClassifier makes of its booster's answers. */
import { type NdArray, ndArray } from '../../data/nd-array.ts';
import { argmaxRows } from '../../trees/transforms/softmax.ts';
import type { BoosterModel } from './booster-model.ts';

/**
 * Labels 0 … classes − 1: the most probable class, or 1 above 0.5. Two dimensions mean several labels a
 * row, in float64; so does, as in XGBoost, a softmax of two classes. Source: XGBoost 3.2 sklearn.py `XGBClassifier.predict`.
 *
 * @param shape shape of `values`
 */
export function classLabels(
  model: BoosterModel,
  values: Float32Array,
  shape: readonly number[],
): NdArray {
  const classCount = Math.max(model.classCount, 2);
  const width = shape[1];
  if (width !== undefined && classCount !== 2) return integerLabels(argmaxRows(values, width));
  if (width !== undefined && width !== 1) {
    return ndArray({ dtype: 'float64', values: Float64Array.from(values, aboveHalf) }, shape);
  }
  if (model.objective.name === 'multi:softmax') {
    return ndArray({ dtype: 'int32', values: Int32Array.from(values) });
  }
  return integerLabels(values.map(aboveHalf));
}

function aboveHalf(probability: number): number {
  return probability > 0.5 ? 1 : 0;
}

function integerLabels(labels: Float32Array): NdArray {
  return ndArray({ dtype: 'int64', values: BigInt64Array.from(labels, BigInt) });
}
