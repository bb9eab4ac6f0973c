/** Params of a call → what XGBoost is asked for: only those that the predict method of the class knows count. */
import { isNdArray } from '../../data/nd-array.ts';
import { isPyList, type PyValue } from '../../data/py-value.ts';
import type { ScoringParams } from '../../data/scoring-data.ts';
import { slipwayError } from '../../errors/slipway-error.ts';
import type { ParamSpec } from '../../model/signature.ts';
import { refuseInput } from './feature-matrix.ts';
import type { ModelClass } from './model-class.ts';

/** What a call asks for. */
export interface CallOptions {
  readonly output: 'value' | 'margin' | 'leaf';
  /** Compare feature names. Default: true. */
  readonly validateFeatures: boolean;
  /** Boosting rounds `[begin, end)`; an end of 0 is all. Default: [0, 0]. */
  readonly rounds: readonly [number, number];
  /** Always two dimensions (four for leaves). Default: false. */
  readonly strictShape: boolean;
}

const defaults: CallOptions = {
  output: 'value',
  validateFeatures: true,
  rounds: [0, 0],
  strictShape: false,
};

/** Params that only XGBoost itself computes, where the class knows them. */
const boosterOnly: readonly string[] = ['pred_contribs', 'pred_interactions'];
const estimatorOnly: readonly string[] = ['base_margin'];

/** Of the params that a signature declares, the first that needs Python; undefined where there is none. */
export function paramForPython(
  modelClass: ModelClass,
  params: readonly ParamSpec[] | null,
): string | undefined {
  const needing = modelClass === 'booster' ? boosterOnly : estimatorOnly;
  return params?.map(({ name }) => name).find((name) => needing.includes(name));
}

/**
 * Params of `Booster.predict`. Source: MLflow 3.17.2 xgboost/__init__.py
 * `_wrapped_xgboost_model_predict_fn`, XGBoost 3.2 core.py.
 * @throws PREDICT_FAILED; MODEL_NOT_NATIVE for contributions and interactions
 */
export function boosterOptions(params: ScoringParams): CallOptions {
  if (params === null || params.size === 0) return defaults;
  // MLflow passes these two itself: Python refuses a second value.
  for (const name of ['data', 'validate_features']) {
    if (params.has(name))
      throw refuseInput(`The param "${name}" can't be given for a Booster.`, { param: name });
  }
  const rounds = params.has('iteration_range')
    ? roundsOf(params.get('iteration_range') ?? null)
    : defaults.rounds;
  const outputs = ['output_margin', 'pred_contribs', 'pred_interactions', 'pred_leaf'];
  const asked = outputs.filter((name) => isTruthy(params.get(name) ?? null));
  if (asked.length > 1)
    throw refuseInput(`Only one of the params ${asked.join(', ')} can be given.`, { asked });
  const strictShape = flagOf(params, 'strict_shape');
  flagOf(params, 'training');
  const [kind] = asked;
  if (kind !== undefined && boosterOnly.includes(kind)) throw needsPython(kind);
  const output = kind === 'pred_leaf' ? 'leaf' : kind === 'output_margin' ? 'margin' : 'value';
  return { ...defaults, output, rounds, strictShape };
}

/**
 * Params of the `predict` of XGBClassifier and its kin; without `iteration_range` the best iteration of
 * early stopping counts. Source: XGBoost 3.2 sklearn.py `XGBModel.predict`, `_get_iteration_range`.
 *
 * @param bestIteration the model's; null without early stopping
 * @throws PREDICT_FAILED; MODEL_NOT_NATIVE for a base margin
 */
export function estimatorOptions(params: ScoringParams, bestIteration: number | null): CallOptions {
  const best = [0, bestIteration === null ? 0 : bestIteration + 1] as const;
  if (params === null || params.size === 0) return { ...defaults, rounds: best };
  const needing = estimatorOnly.find((name) => (params.get(name) ?? null) !== null);
  if (needing !== undefined) throw needsPython(needing);
  const range = params.get('iteration_range') ?? null;
  const rounds = range === null ? best : roundsOf(range);
  return {
    ...defaults,
    output: isTruthy(params.get('output_margin') ?? null) ? 'margin' : 'value',
    validateFeatures:
      !params.has('validate_features') || isTruthy(params.get('validate_features') ?? null),
    rounds: rounds[1] === 0 ? best : rounds,
  };
}

/** The first two elements as Python's `int` reads them. */
function roundsOf(value: PyValue): readonly [number, number] {
  const items = isNdArray(value) ? Array.from<PyValue>(value.data.values) : value;
  const list = typeof items === 'string' ? Array.from(items) : items;
  if (!isPyList(list) || list.length < 2) {
    throw refuseInput(
      'The param "iteration_range" needs two integers: the first round and the end.',
      {
        param: 'iteration_range',
      },
    );
  }
  return [toRound(list[0] ?? null), toRound(list[1] ?? null)];
}

function toRound(value: PyValue): number {
  const text = typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value);
  const isNumber =
    typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';
  const round = isNumber || text ? Math.trunc(Number(value)) : Number.NaN;
  if (Number.isSafeInteger(round)) return round;
  throw refuseInput('The param "iteration_range" holds something else than integers.', {
    param: 'iteration_range',
  });
}

/** XGBoost's C++ side accepts a JSON boolean only. */
function flagOf(params: NonNullable<ScoringParams>, name: string): boolean {
  const value = params.get(name) ?? false;
  if (typeof value === 'boolean' && params.get(name) !== null) return value;
  throw refuseInput(`The param "${name}" must be a boolean.`, { param: name });
}

/** Python's truth of a value. */
function isTruthy(value: PyValue): boolean {
  if (value === null) return false;
  if (typeof value === 'number' || typeof value === 'bigint') return value !== 0 && value !== 0n;
  if (typeof value === 'string' || isPyList(value)) return value.length > 0;
  return value !== false;
}

function needsPython(param: string): Error {
  return slipwayError(
    'MODEL_NOT_NATIVE',
    `The param "${param}" is not computed natively; use the python runtime for it.`,
    { details: { param } },
  );
}
