import type { Assessment } from '../../contract/runtime.ts';
import { isSlipwayError } from '../../errors/slipway-error.ts';
import type { SavedModel } from '../../model/saved-model.ts';
import { loadBooster, type LoadedBooster } from './load-booster.ts';
import { usesMathsLibrary } from './objectives.ts';

/** What assessing has read, until the model is opened: the file is parsed once. */
const assessed = new WeakMap<SavedModel, LoadedBooster>();

/** The booster of a model, as `assess` has read it or read now. @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE */
export async function takeBooster(model: SavedModel): Promise<LoadedBooster> {
  const loaded = assessed.get(model) ?? (await loadBooster(model));
  assessed.delete(model);
  return loaded;
}

/** Says whether a saved XGBoost model is scored exactly, by reading its file. */
export async function assess(model: SavedModel): Promise<Assessment> {
  try {
    const loaded = await loadBooster(model);
    assessed.set(model, loaded);
    const { model: booster, modelClass } = loaded;
    return {
      canScore: true,
      flavor: 'xgboost',
      reason: `${booster.booster.kind} with objective ${booster.objective.name}, predicting as ${modelClass}`,
      tolerance: usesMathsLibrary(booster.objective.name) ? 1e-6 : 0,
    };
  } catch (error) {
    if (!isSlipwayError(error)) throw error;
    const needs = error.code === 'MODEL_NOT_NATIVE' ? ['python', 'mlflow', 'xgboost'] : [];
    return { canScore: false, reason: error.message, needs };
  }
}
