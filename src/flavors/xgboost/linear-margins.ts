/** gblinear: bias, base score and weighted features, added in float32 in feature order. */
import type { BoosterModel, LinearBooster } from './booster-model.ts';
import type { MarginRequest } from './margin-source.ts';

/** Rows in the buffer between two looks at the signal. */
const blockRows = 4096;

/**
 * Margins [rows × outputs]. Missing features add nothing; every output starts from the first base score.
 * Source: XGBoost 3.2 src/gbm/gblinear.cc `Pred`.
 */
export function linearMargins(
  model: BoosterModel,
  booster: LinearBooster,
  request: MarginRequest,
): Float32Array {
  const { rowCount, fill, signal } = request;
  const { featureCount, outputCount } = model;
  const margins = new Float32Array(rowCount * outputCount);
  const rows = new Float32Array(Math.min(rowCount, blockRows) * featureCount);
  for (let first = 0; first < rowCount; first += blockRows) {
    signal.throwIfAborted();
    const count = Math.min(blockRows, rowCount - first);
    fill(rows, first, count);
    for (let row = 0; row < count; row += 1) {
      const features = rows.subarray(row * featureCount, (row + 1) * featureCount);
      for (let output = 0; output < outputCount; output += 1) {
        margins[(first + row) * outputCount + output] = marginOf(model, booster, features, output);
      }
    }
  }
  return margins;
}

function marginOf(
  model: BoosterModel,
  booster: LinearBooster,
  features: Float32Array,
  output: number,
): number {
  const { weights } = booster;
  const { outputCount } = model;
  const bias = weights[features.length * outputCount + output] as number;
  let sum = Math.fround(bias + (model.baseMargin[0] as number));
  for (let feature = 0; feature < features.length; feature += 1) {
    const value = features[feature] as number;
    if (value !== value) continue;
    sum = Math.fround(
      sum + Math.fround(value * (weights[feature * outputCount + output] as number)),
    );
  }
  return sum;
}
