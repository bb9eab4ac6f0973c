/** A model file's contents → the ensemble that the kernel scores, checked. */
import type { BinnedEnsemble, CategoryFeature } from '../../trees/oblivious/binned-ensemble.ts';
import { buildStatistics } from './build-statistics.ts';
import { buildTrees } from './build-trees.ts';
import type { CatboostModel } from './catboost-model.ts';
import { checkBorders } from './check-borders.ts';
import { numberConditions } from './feature-conditions.ts';
import { invalidModelFile } from './model-error.ts';

/** Most columns of a table, to catch a damaged position. */
const mostColumns = 1 << 24;

/**
 * Checks a model and brings it into the kernel's form. The ensemble's features are those numeric ones that have borders,
 * its category columns the used categorical features, each in the file's order.
 * @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE
 */
export function buildEnsemble(model: CatboostModel): BinnedEnsemble {
  checkSizes(model);
  const used = model.floatFeatures.filter(({ borders }) => borders.length > 0);
  for (const { borders } of used) checkBorders(borders);
  const usedCategories = model.categoryFeatures.filter(({ isUsed }) => isUsed);
  const columnOf = new Map(usedCategories.map(({ index }, column) => [index, column]));
  const conditions = numberConditions(model);
  return {
    features: used.map(({ borders, hasNans, missing }) => ({
      borders,
      missing: hasNans && missing === 'AsTrue' ? 'above' : 'below',
    })),
    categories: buildCategories(model, columnOf),
    categoryColumnCount: usedCategories.length,
    statistics: buildStatistics(model, conditions, columnOf),
    trees: buildTrees(model, conditions.count),
    leafValues: model.leafValues,
    outputCount: model.outputCount,
  };
}

function checkSizes(model: CatboostModel): void {
  const { outputCount, bias, scale } = model;
  if (!(outputCount >= 1 && outputCount <= 0xffff)) {
    throw invalidModelFile(`it has ${outputCount} outputs`);
  }
  if (bias.length !== outputCount || ![scale, ...bias].every(Number.isFinite)) {
    throw invalidModelFile('its scale and bias do not fit its outputs');
  }
  for (const features of [model.floatFeatures, model.categoryFeatures]) {
    const indexes = new Set(features.map(({ index }) => index));
    if (indexes.size !== features.length) throw invalidModelFile('two features share an index');
  }
  const positions = [...model.floatFeatures, ...model.categoryFeatures].map((f) => f.flatIndex);
  const isColumn = (at: number): boolean => at >= 0 && at < mostColumns;
  if (!positions.every(isColumn) || new Set(positions).size !== positions.length) {
    throw invalidModelFile('its features are not at columns of their own');
  }
}

function buildCategories(
  model: CatboostModel,
  columnOf: ReadonlyMap<number, number>,
): readonly CategoryFeature[] {
  return model.oneHotFeatures.map(({ categoryIndex, values }) => {
    const column = columnOf.get(categoryIndex);
    if (column === undefined || new Set(values).size !== values.length) {
      throw invalidModelFile('its one-hot values do not fit its categorical features');
    }
    return { column, values };
  });
}
