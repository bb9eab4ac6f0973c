import type { Assessment } from '../../contract/runtime.ts';
import { isSlipwayError } from '../../errors/slipway-error.ts';
import type { SavedModel } from '../../model/saved-model.ts';
import { loadModel, type LoadedModel } from './load-model.ts';
import { usesMathsLibrary } from './support.ts';

/** What assessing has read, until the model is opened: the file is parsed once. */
const assessed = new WeakMap<SavedModel, LoadedModel>();

/** A model as `assess` has read it, or read now. @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE */
export async function takeModel(model: SavedModel): Promise<LoadedModel> {
  const loaded = assessed.get(model) ?? (await loadModel(model));
  assessed.delete(model);
  return loaded;
}

/** Says whether a saved LightGBM model is scored exactly, by reading its file. */
export async function assess(model: SavedModel): Promise<Assessment> {
  try {
    const loaded = await loadModel(model);
    assessed.set(model, loaded);
    const tolerance = toleranceOf(loaded);
    return { canScore: true, flavor: 'lightgbm', reason: describe(loaded), tolerance };
  } catch (error) {
    if (!isSlipwayError(error)) throw error;
    const needs = error.code === 'MODEL_NOT_NATIVE' ? ['python', 'mlflow', 'lightgbm'] : [];
    return { canScore: false, reason: error.message, needs };
  }
}

/** As the rows of `support` state it; labels are chosen, not computed. */
function toleranceOf({ booster: { objective, linearLeaves }, estimator }: LoadedModel): number {
  if (estimator !== null && estimator.labels !== null) return 0;
  return linearLeaves.size > 0 || usesMathsLibrary(objective?.name ?? '') ? 1e-12 : 0;
}

function describe({ booster, estimator }: LoadedModel): string {
  const { objective, trees, linearLeaves, averageOutput } = booster;
  const kind = linearLeaves.size > 0 ? 'linear trees' : averageOutput ? 'averaged trees' : 'trees';
  return `${trees.length} ${kind} with ${objective === null ? 'an objective of its own' : `objective ${objective.name}`}, predicting as ${estimator?.className ?? 'booster'}`;
}
