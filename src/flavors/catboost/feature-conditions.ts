/** Numbers of the conditions that trees and statistics refer to. Source: CatBoost 1.2 model.cpp `CalcBinFeatures`. */
import type { CatboostModel } from './catboost-model.ts';
import { invalidModelFile } from './model-error.ts';

/** Finds conditions by what they ask. */
export interface ConditionNumbers {
  readonly count: number;
  /** `feature > border`. @throws MODEL_FILE_INVALID */
  above(floatIndex: number, border: number): number;
  /** `category == value`. @throws MODEL_FILE_INVALID */
  equal(categoryIndex: number, value: number): number;
}

/** Numbers all conditions: borders of numeric features, one-hot values, borders of statistics. */
export function numberConditions(model: CatboostModel): ConditionNumbers {
  const numbers = new Map<string, number>();
  let count = 0;
  for (const { index, borders } of model.floatFeatures) {
    for (const border of borders) numbers.set(`${index} > ${keyOf(border)}`, count++);
  }
  for (const { categoryIndex, values } of model.oneHotFeatures) {
    for (const value of values) numbers.set(`${categoryIndex} = ${value}`, count++);
  }
  for (const { borders } of model.ctrFeatures) count += borders.length;
  const find = (key: string): number => {
    const number = numbers.get(key);
    if (number !== undefined) return number;
    throw invalidModelFile(`a target statistic asks for ${key}, which no feature has`);
  };
  return {
    count,
    above: (index, border) => find(`${index} > ${keyOf(border)}`),
    equal: (index, value) => find(`${index} = ${value}`),
  };
}

/** Equal floats have equal keys: 0 and -0 are one border. */
function keyOf(border: number): string {
  return String(border + 0);
}
