import type { Assessment } from '../../contract/runtime.ts';
import { isSlipwayError } from '../../errors/slipway-error.ts';
import type { SavedModel } from '../../model/saved-model.ts';
import { isExponential } from './answer.ts';
import { loadModel, type LoadedModel } from './load-model.ts';
import { exponentialTolerance } from './support.ts';

/** What assessing has read, until the model is opened: the file is parsed once. */
const assessed = new WeakMap<SavedModel, LoadedModel>();

/** The model as `assess` has read it, or read now. @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE */
export async function takeModel(saved: SavedModel): Promise<LoadedModel> {
  const loaded = assessed.get(saved) ?? (await loadModel(saved));
  assessed.delete(saved);
  return loaded;
}

/** Says whether a saved CatBoost model is scored exactly, by reading its file. */
export async function assess(saved: SavedModel): Promise<Assessment> {
  try {
    const loaded = await loadModel(saved);
    assessed.set(saved, loaded);
    const { model, modelClass } = loaded;
    const shape = model.trees.kind === 'oblivious' ? 'symmetric' : 'non-symmetric';
    const reason = `${shape} trees, predicting as ${modelClass}`;
    const tolerance = isExponential(modelClass, model) ? exponentialTolerance : 0;
    return { canScore: true, flavor: 'catboost', reason, tolerance };
  } catch (error) {
    if (!isSlipwayError(error)) throw error;
    const needs = error.code === 'MODEL_NOT_NATIVE' ? ['python', 'mlflow', 'catboost'] : [];
    return { canScore: false, reason: error.message, needs };
  }
}
