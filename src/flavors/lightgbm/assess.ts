import type { Assessment } from '../../contract/runtime.ts';
import { isSlipwayError } from '../../errors/slipway-error.ts';
import type { SavedModel } from '../../model/saved-model.ts';
import type { LightgbmModel } from './lightgbm-model.ts';
import { loadBooster } from './load-booster.ts';

/** What assessing has read, until the model is opened: the file is parsed once. */
const assessed = new WeakMap<SavedModel, LightgbmModel>();

/** The Booster of a model, as `assess` has read it or read now. @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE */
export async function takeBooster(model: SavedModel): Promise<LightgbmModel> {
  const loaded = assessed.get(model) ?? (await loadBooster(model));
  assessed.delete(model);
  return loaded;
}

/** Says whether a saved LightGBM model is scored exactly, by reading its file. */
export async function assess(model: SavedModel): Promise<Assessment> {
  try {
    const booster = await loadBooster(model);
    assessed.set(model, booster);
    return { canScore: true, flavor: 'lightgbm', reason: describe(booster) };
  } catch (error) {
    if (!isSlipwayError(error)) throw error;
    const needs = error.code === 'MODEL_NOT_NATIVE' ? ['python', 'mlflow', 'lightgbm'] : [];
    return { canScore: false, reason: error.message, needs };
  }
}

function describe({ objective, trees, linearLeaves, averageOutput }: LightgbmModel): string {
  const kind = linearLeaves.size > 0 ? 'linear trees' : averageOutput ? 'averaged trees' : 'trees';
  return `${trees.length} ${kind} with ${objective === null ? 'an objective of its own' : `objective ${objective.name}`}, predicting as booster`;
}
