/** Shapes of answers. Source: XGBoost 3.2 src/c_api/c_api_utils.h `CalcPredictShape`. */
import { type NdArray, ndArray } from '../../data/nd-array.ts';
import type { BoosterModel } from './booster-model.ts';
import type { CallOptions } from './call-options.ts';
import { refuseInput } from './feature-matrix.ts';

/**
 * Shape of values or margins: one dimension where a row has one value, unless `strict`. No rows: [0].
 *
 * @param valueCount all values; softmax gives one a row
 */
export function shapeValues(
  valueCount: number,
  rowCount: number,
  outputCount: number,
  strict: boolean,
): readonly number[] {
  if (rowCount === 0) return [0];
  const perRow = valueCount / rowCount;
  return perRow === 1 && !strict ? [rowCount] : [rowCount, Math.min(outputCount, perRow)];
}

/**
 * Leaf numbers as float32: [rows], [rows × trees], or, strict, [rows × rounds × outputs × parallel trees].
 * @throws PREDICT_FAILED where the strict shape does not fit (vector leaves, uneven rounds)
 */
export function shapeLeaves(
  model: BoosterModel,
  leaves: Int32Array,
  rowCount: number,
  call: CallOptions,
): NdArray {
  const data = { dtype: 'float32', values: Float32Array.from(leaves) } as const;
  if (rowCount === 0) return ndArray(data, [0]);
  const perRow = leaves.length / rowCount;
  if (!call.strictShape) return ndArray(data, perRow === 1 ? [rowCount] : [rowCount, perRow]);
  const all = model.booster.kind === 'gblinear' ? 0 : model.booster.roundStarts.length - 1;
  const rounds = call.rounds[1] === 0 ? all : call.rounds[1];
  const forest = Math.max(1, Math.floor(perRow / (rounds * model.outputCount)));
  const shape = [rowCount, rounds, model.outputCount, forest];
  if (rounds * model.outputCount * forest !== perRow) {
    throw refuseInput(`The ${perRow} leaves of a row do not fit the strict shape.`, {
      param: 'strict_shape',
      shape,
    });
  }
  return ndArray(data, shape);
}
