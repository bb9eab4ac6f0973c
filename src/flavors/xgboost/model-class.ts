/** The classes that MLflow loads an XGBoost model into, and what sets them apart when they predict. */

/** Answers: the booster's own, class labels, or those of any other estimator. */
export type ModelClass = 'booster' | 'classifier' | 'regressor' | 'ranker' | 'estimator';

const classes: Readonly<Record<string, ModelClass>> = {
  Booster: 'booster',
  XGBClassifier: 'classifier',
  XGBRFClassifier: 'classifier',
  XGBRegressor: 'regressor',
  XGBRFRegressor: 'regressor',
  XGBRanker: 'ranker',
  XGBModel: 'estimator',
};

/**
 * Finds the class of a `model_class` entry; models saved before MLflow 1.22 have none and are Boosters.
 *
 * @returns undefined for a class that is not XGBoost's own
 */
export function findModelClass(name: unknown): ModelClass | undefined {
  if (name === undefined || name === null) return 'booster';
  const match =
    typeof name === 'string' ? /^xgboost(?:\.core|\.sklearn)?\.(\w+)$/.exec(name) : null;
  const key = match?.[1] ?? '';
  return Object.hasOwn(classes, key) ? classes[key] : undefined;
}
