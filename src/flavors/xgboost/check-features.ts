/** Whether the columns of a call are those of the model: XGBoost's rules for both of its ways in. */
import type { BoosterModel } from './booster-model.ts';
import { type FeatureMatrix, refuseInput } from './feature-matrix.ts';

/** Options of a check. */
export interface FeatureCheck {
  /** Compare names where the model has them. */
  readonly validate: boolean;
}

/**
 * Rules of a DMatrix: `Booster.predict`, and the gblinear estimators. An array has no names and is
 * refused by a model that has; fewer columns than features are accepted when there are no names.
 * Source: XGBoost 3.2 core.py `_validate_features`, `DMatrix.feature_names`; src/learner.cc `ValidateDMatrix`.
 * @throws PREDICT_FAILED
 */
export function checkMatrixFeatures(
  model: BoosterModel,
  matrix: FeatureMatrix,
  check: FeatureCheck,
): void {
  checkSyntax(matrix.names ?? []);
  const names = matrix.names === null || matrix.names.length === 0 ? null : matrix.names;
  if (check.validate && model.featureNames !== null) compareNames(model.featureNames, names);
  const given = matrix.columns.length;
  if (given > model.featureCount) throw wrongWidth(model, given);
}

/**
 * Rules of `inplace_predict`: names are compared for frames only, and the number of columns must be exact.
 * Source: XGBoost 3.2 core.py `inplace_predict`, src/predictor/utils.h.
 * @throws PREDICT_FAILED
 */
export function checkInplaceFeatures(
  model: BoosterModel,
  matrix: FeatureMatrix,
  check: FeatureCheck,
): void {
  if (check.validate && model.featureNames !== null && matrix.names !== null) {
    compareNames(model.featureNames, matrix.names);
  }
  const given = matrix.columns.length;
  if (given !== model.featureCount) throw wrongWidth(model, given);
  if (matrix.names === null) return;
  if (given === 0) throw refuseInput('The table has no columns.');
  checkCategories(model);
}

/**
 * A model that knows the categories of a DataFrame wants a table to have them too, and none that is decoded from a
 * request has. Source: XGBoost 3.2 src/data/cat_container.h, used by `inplace_predict`.
 */
function checkCategories({ booster }: BoosterModel): void {
  const [feature] = booster.kind === 'gblinear' ? [] : booster.frameCategories;
  if (feature === undefined) return;
  throw refuseInput(
    `The model was trained on a table whose column ${feature} is categorical (pandas dtype "category"); XGBoost refuses one of numbers. Send an array of category codes instead.`,
    { column: feature },
  );
}

/** Names of tables that were found to be those of a model. */
const agreed = new WeakMap<readonly string[], readonly string[]>();

function compareNames(expected: readonly string[], names: readonly string[] | null): void {
  if (names !== null && agreed.get(names) === expected) return;
  if (names === null) {
    throw refuseInput(
      `The input has no feature names, but the model expects: ${expected.join(', ')}. Send named columns.`,
      { expected },
    );
  }
  if (names.length === expected.length && names.every((name, i) => name === expected[i])) {
    agreed.set(names, expected);
    return;
  }
  const missing = expected.filter((name) => !names.includes(name));
  const unknown = names.filter((name) => !expected.includes(name));
  const reasons = [
    missing.length > 0 ? `missing: ${missing.join(', ')}` : '',
    unknown.length > 0 ? `unknown to the model: ${unknown.join(', ')}` : '',
  ].filter((reason) => reason !== '');
  const reason = reasons.length > 0 ? reasons.join('; ') : 'they are in another order';
  throw refuseInput(`The columns are not those of the model (${reason}).`, {
    expected,
    actual: names,
    missing,
    unknown,
  });
}

/** Names of tables in which nothing was found. */
const sound = new WeakSet<readonly string[]>();

function checkSyntax(names: readonly string[]): void {
  if (sound.has(names)) return;
  const odd = names.find((name) => /[[\]<]/.test(name));
  if (odd !== undefined) {
    throw refuseInput(
      `Column ${JSON.stringify(odd)}: XGBoost accepts no "[", "]" or "<" in a name.`,
      {
        column: odd,
      },
    );
  }
  if (new Set(names).size !== names.length) throw refuseInput('The column names are not unique.');
  sound.add(names);
}

function wrongWidth(model: BoosterModel, given: number): Error {
  return refuseInput(
    `The input has ${given} columns; the model has ${model.featureCount} features.`,
    {
      expected: model.featureCount,
      actual: given,
    },
  );
}
