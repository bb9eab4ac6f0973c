import type { NdArray } from '../../../data/nd-array.ts';
import type { ScoringInput } from '../../../data/scoring-data.ts';
import { predict } from '../predict.ts';
import type { ScoreSource } from '../score-source.ts';
import { checkInput } from './check-input.ts';
import { chooseLabels } from './choose-labels.ts';
import type { Estimator } from './estimator.ts';

/**
 * Scores one input as `predict` of LightGBM's scikit-learn API does.
 *
 * @returns labels [rows] of a classifier; float64 of any other, shaped as its Booster does
 * @throws PREDICT_FAILED where LightGBM or scikit-learn refuses the input
 */
export async function predictEstimator(
  estimator: Estimator,
  source: ScoreSource,
  input: ScoringInput,
  signal: AbortSignal,
): Promise<NdArray> {
  const { booster, iterationCount, labels } = estimator;
  const opened = { model: booster, source };
  const scores = await predict(opened, checkInput(input), signal, { iterationCount });
  if (labels === null) return scores;
  return chooseLabels(scores.data.values as Float64Array, booster.outputCount, labels);
}
