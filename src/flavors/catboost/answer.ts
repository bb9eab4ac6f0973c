/** Raw values → what the class answers. Source: CatBoost 1.2 eval_helpers.cpp `PrepareEval`, core.py, _catboost.pyx. */
import type { Vector } from '../../data/vector.ts';
import type { CatboostModel } from './catboost-model.ts';
import { classLabels, makeLabeller } from './class-labels.ts';
import { fastExpInPlace } from './fast-exp.ts';
import type { ModelClass } from './model-class.ts';
import { notNative } from './model-error.ts';
import { logitThreshold, lossName, requestedLoss } from './model-info.ts';
import { outputColumns, spreadOutputs } from './output-columns.ts';

/** Elements of an answer, and how many a row has; null where rows have no dimension of their own. */
export interface AnswerValues {
  readonly data: Vector;
  readonly width: number | null;
}

/** Turns raw values [rows × outputs] into an answer; may change them. */
export type Answerer = (raw: Float64Array) => AnswerValues;

/**
 * Finds what a class makes of a model's raw values.
 * @throws MODEL_NOT_NATIVE, MODEL_FILE_INVALID
 */
export function makeAnswerer(modelClass: ModelClass, model: CatboostModel): Answerer {
  if (modelClass === 'CatBoostClassifier') return answerClasses(model);
  if (modelClass === 'CatBoostRegressor') return answerRegression(model);
  return answerRaw(model);
}

function answerRaw(model: CatboostModel): Answerer {
  const columns = outputColumns(model);
  const width = model.outputCount === 1 ? null : columns.width;
  return (raw) => ({ data: { dtype: 'float64', values: spreadOutputs(raw, columns) }, width });
}

/** True where answers are exponentials of raw values. */
export function isExponential(modelClass: ModelClass, model: CatboostModel): boolean {
  const losses = /^(Poisson|Tweedie|RMSEWithUncertainty$)/;
  return modelClass === 'CatBoostRegressor' && losses.test(requestedLoss(model));
}

function answerRegression(model: CatboostModel): Answerer {
  const requested = requestedLoss(model);
  if (/^(Poisson|Tweedie)/.test(requested)) return answerExponent(model);
  return requested === 'RMSEWithUncertainty' ? answerUncertainty(model) : answerRaw(model);
}

function answerExponent(model: CatboostModel): Answerer {
  if (model.outputCount !== 1) throw notNative('it has several outputs and an exponential');
  return (raw) => {
    fastExpInPlace(raw);
    return { data: { dtype: 'float64', values: raw }, width: null };
  };
}

/** Mean and variance: the second output is half the variance's logarithm. */
function answerUncertainty(model: CatboostModel): Answerer {
  if (model.outputCount !== 2) throw notNative('it has no pair of mean and variance');
  return (raw) => {
    const variances = new Float64Array(raw.length / 2);
    for (let row = 0; row < variances.length; row += 1) {
      variances[row] = (raw[row * 2 + 1] as number) * 2;
    }
    fastExpInPlace(variances);
    for (const [row, variance] of variances.entries()) raw[row * 2 + 1] = variance;
    return { data: { dtype: 'float64', values: raw }, width: 2 };
  };
}

function answerClasses(model: CatboostModel): Answerer {
  const labels = classLabels(model);
  if (/^Multi(Logloss|CrossEntropy)$/.test(lossName(model))) return answerEachLabel(model);
  const label = makeLabeller(labels);
  if (model.outputCount === 1) {
    if (labels.length !== 2) throw notNative(`its one output stands for ${labels.length} classes`);
    const threshold = logitThreshold(model);
    return (raw) => ({ data: label(areAbove(raw, threshold)), width: null });
  }
  const columns = outputColumns(model);
  if (labels.length < columns.width) throw notNative('it has more outputs than class labels');
  return (raw) => ({
    data: label(largestOf(spreadOutputs(raw, columns), columns.width)),
    width: 1,
  });
}

/** Several labels a row, each 0 or 1. */
function answerEachLabel(model: CatboostModel): Answerer {
  const threshold = logitThreshold(model);
  const columns = outputColumns(model);
  const width = model.outputCount === 1 ? null : columns.width;
  return (raw) => {
    const spread = spreadOutputs(raw, columns);
    const values = new BigInt64Array(spread.length);
    // Little-endian: the low half of an integer stands first.
    const halves = new Int32Array(values.buffer);
    const above = areAbove(spread, threshold);
    for (let at = 0; at < above.length; at += 1) halves[at * 2] = above[at] as number;
    return { data: { dtype: 'int64', values }, width };
  };
}

/** 1 where a value is above the threshold, else 0. */
function areAbove(values: Float64Array, threshold: number): Int32Array {
  const above = new Int32Array(values.length);
  for (let at = 0; at < values.length; at += 1) {
    above[at] = (values[at] as number) > threshold ? 1 : 0;
  }
  return above;
}

/** Column of the first largest value of each row. */
function largestOf(values: Float64Array, width: number): Int32Array {
  const classes = new Int32Array(values.length / width);
  for (let row = 0; row < classes.length; row += 1) {
    const start = row * width;
    let best = start;
    for (let at = start + 1; at < start + width; at += 1) {
      if ((values[at] as number) > (values[best] as number)) best = at;
    }
    classes[row] = best - start;
  }
  return classes;
}
