import type { Vector } from '../../../data/vector.ts';
import type { LightgbmModel } from '../lightgbm-model.ts';

/** A fitted model of LightGBM's scikit-learn API. */
export interface Estimator {
  /** `LGBMClassifier`, `LGBMRegressor`, `LGBMRanker` or `LGBMModel`. */
  readonly className: string;
  readonly booster: LightgbmModel;
  /** Iterations used: the best one where training stopped early; 0 means all. */
  readonly iterationCount: number;
  /** Labels by class number; null where answers are the Booster's own: no classifier, or an objective of the user's own. */
  readonly labels: Vector | null;
}
