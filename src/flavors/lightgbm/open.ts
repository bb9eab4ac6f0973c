import type { OpenOptions } from '../../contract/runtime.ts';
import type { Scorer } from '../../contract/scorer.ts';
import type { SavedModel } from '../../model/saved-model.ts';
import { models } from './assess.ts';
import { predict } from './predict.ts';
import { openScoreSource } from './score-source.ts';
import { predictEstimator } from './wrapper/predict-estimator.ts';

/** Opens a saved LightGBM model; MLflow hands it no params. @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE */
export async function open(saved: SavedModel, options: OpenOptions): Promise<Scorer> {
  const { booster: model, estimator } = await models.take(saved);
  const source = openScoreSource(model, options.threads);
  return {
    predict: (input, _params, signal) =>
      estimator === null
        ? predict({ model, source }, input, signal)
        : predictEstimator(estimator, source, input, signal),
    close: () => source.close(),
  };
}
