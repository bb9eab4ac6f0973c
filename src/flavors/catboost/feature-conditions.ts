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
  const { floatFeatures, oneHotFeatures, ctrFeatures } = model;
  const lists = [
    ...[...floatFeatures, ...ctrFeatures].map(({ borders }) => borders.length),
    ...oneHotFeatures.map(({ values }) => values.length),
  ];
  let numbers: ReadonlyMap<string, number> | undefined;
  const find = (key: string): number => {
    numbers ??= nameConditions(model);
    const number = numbers.get(key);
    if (number !== undefined) return number;
    throw invalidModelFile(`a target statistic asks for ${key}, which no feature has`);
  };
  return {
    count: lists.reduce((sum, length) => sum + length, 0),
    above: (index, border) => find(aboveKey(index, border)),
    equal: (index, value) => find(equalKey(index, value)),
  };
}

/** Numbers by name; made only for the few models whose statistics ask for conditions. */
function nameConditions({
  floatFeatures,
  oneHotFeatures,
}: CatboostModel): ReadonlyMap<string, number> {
  const names = [
    ...floatFeatures.flatMap(({ index, borders }) =>
      Array.from(borders, (border) => aboveKey(index, border)),
    ),
    ...oneHotFeatures.flatMap(({ categoryIndex, values }) =>
      Array.from(values, (value) => equalKey(categoryIndex, value)),
    ),
  ];
  return new Map(names.map((name, number) => [name, number]));
}

/** Equal floats have equal keys: 0 and -0 are one border. */
function aboveKey(index: number, border: number): string {
  return `${index} > ${border + 0}`;
}

function equalKey(index: number, value: number): string {
  return `${index} = ${value}`;
}
