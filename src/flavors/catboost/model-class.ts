/** The classes that MLflow loads a CatBoost model into. */

/** Answers: raw values, class labels, transformed values, raw values. */
export type ModelClass = 'CatBoost' | 'CatBoostClassifier' | 'CatBoostRegressor' | 'CatBoostRanker';

const classes: ReadonlySet<string> = new Set<ModelClass>([
  'CatBoost',
  'CatBoostClassifier',
  'CatBoostRegressor',
  'CatBoostRanker',
]);

/** The class of a `model_type` entry; undefined for one that CatBoost does not have. */
export function findModelClass(name: unknown): ModelClass | undefined {
  return typeof name === 'string' && classes.has(name) ? (name as ModelClass) : undefined;
}
