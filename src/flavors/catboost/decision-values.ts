import type { DecisionValues } from '../../contract/flavor-reader.ts';
import type { SavedModel } from '../../model/saved-model.ts';
import type { CatboostModel } from './catboost-model.ts';
import { loadModel } from './load-model.ts';

/** A category stands in the file as a hash, which says nothing of its text: likely ones, and one that is not. */
const likelyTexts: readonly string[] = [
  ...Array.from({ length: 10 }, (_, at) => String(at)),
  ...Array.from('abcABC'),
  'True',
  'False',
  'yes',
  'no',
  'nan',
  '',
  'none of these',
];

/**
 * Borders of the numeric features; texts for the categorical ones.
 * @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE
 */
export async function decisionValues(saved: SavedModel): Promise<readonly DecisionValues[]> {
  const { model } = await loadModel(saved);
  const numbers = bordersByIndex(model);
  return [...model.floatFeatures, ...model.categoryFeatures]
    .toSorted((left, right) => left.flatIndex - right.flatIndex)
    .map((feature) => ({
      feature: labelOf(feature),
      width: 'float32',
      values: 'borders' in feature ? [...(numbers.get(feature.index) ?? [])] : likelyTexts,
    }));
}

/** Borders of trees, and those that target statistics ask for. */
function bordersByIndex(model: CatboostModel): ReadonlyMap<number, Set<number>> {
  const numbers = new Map(model.floatFeatures.map((of) => [of.index, new Set(of.borders)]));
  for (const { base } of model.ctrFeatures) {
    for (const { index, border } of base.projection.floatSplits) numbers.get(index)?.add(border);
  }
  return numbers;
}

/** Features of a model without names are called by their position. */
function labelOf({ name, flatIndex }: { name: string; flatIndex: number }): string | number {
  return name === '' || name === String(flatIndex) ? flatIndex : name;
}
