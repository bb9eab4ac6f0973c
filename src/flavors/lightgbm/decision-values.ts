import type { DecisionValues } from '../../contract/flavor-reader.ts';
import type { SavedModel } from '../../model/saved-model.ts';
import type { Tree } from '../../trees/tree-ensemble.ts';
import { loadModel } from './load-model.ts';

/**
 * Thresholds and category codes of every feature, by position, as LightGBM matches columns. The texts of pandas
 * categories are no values of a model's input: LightGBM refuses tables for models that have them.
 * @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE
 */
export async function decisionValues(model: SavedModel): Promise<readonly DecisionValues[]> {
  const { booster } = await loadModel(model);
  const values = Array.from({ length: booster.featureCount }, () => new Set<number>());
  for (const tree of booster.trees) collect(tree, values);
  return values.map((of, feature) => ({ feature, width: 'float64', values: [...of] }));
}

function collect(tree: Tree, values: readonly Set<number>[]): void {
  for (const [node, child] of tree.leftChild.entries()) {
    if (child === -1) continue;
    const of = values[tree.feature[node] as number];
    const categories = tree.categories?.get(node);
    if (categories === undefined) of?.add(tree.threshold[node] as number);
    else for (const category of categories) of?.add(category);
  }
}
