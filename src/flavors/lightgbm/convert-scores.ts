import { chooseIterations, type WantedIterations } from './choose-iterations.ts';
import type { LightgbmModel } from './lightgbm-model.ts';

/**
 * Raw scores → answers, in place: the mean of the iterations where the model averages, then the
 * objective's transform. Source: LightGBM 4.7 src/boosting/gbdt_prediction.cpp `GBDT::Predict`.
 */
export function convertScores(
  model: LightgbmModel,
  scores: Float64Array,
  wanted: WantedIterations,
): void {
  if (model.averageOutput) {
    const { count } = chooseIterations(model, wanted);
    for (let i = 0; i < scores.length; i += 1) scores[i] = (scores[i] as number) / count;
  }
  model.objective?.transform?.(scores, model.outputCount);
}
