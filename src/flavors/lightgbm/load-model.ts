import type { SavedModel } from '../../model/saved-model.ts';
import type { LightgbmModel } from './lightgbm-model.ts';
import { holdsBooster, loadBooster } from './load-booster.ts';
import type { Estimator } from './wrapper/estimator.ts';
import { loadEstimator } from './wrapper/load-estimator.ts';

/** A Booster, and the estimator of the scikit-learn API around it, if there is one. */
export interface LoadedModel {
  readonly booster: LightgbmModel;
  readonly estimator: Estimator | null;
}

/** Reads the file that the `lightgbm` flavor names. @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE */
export async function loadModel(model: SavedModel): Promise<LoadedModel> {
  if (holdsBooster(model)) return { booster: await loadBooster(model), estimator: null };
  const estimator = await loadEstimator(model);
  return { booster: estimator.booster, estimator };
}
