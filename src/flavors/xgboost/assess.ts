import type { Assessment } from '../../contract/runtime.ts';
import { isSlipwayError } from '../../errors/slipway-error.ts';
import type { SavedModel } from '../../model/saved-model.ts';
import { loadBooster } from './load-booster.ts';

/** Says whether a saved XGBoost model is scored exactly, by reading its file. */
export async function assess(model: SavedModel): Promise<Assessment> {
  try {
    const { model: booster, modelClass } = await loadBooster(model);
    return {
      canScore: true,
      flavor: 'xgboost',
      reason: `${booster.booster.kind} with objective ${booster.objective.name}, predicting as ${modelClass}`,
    };
  } catch (error) {
    if (!isSlipwayError(error)) throw error;
    const needs = error.code === 'MODEL_NOT_NATIVE' ? ['python', 'mlflow', 'xgboost'] : [];
    return { canScore: false, reason: error.message, needs };
  }
}
