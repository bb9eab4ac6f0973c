import { invalidModelText } from './invalid-model-text.ts';
import type { LinearLeaves } from './lightgbm-model.ts';
import type { TreeFields } from './tree-fields.ts';

/**
 * Reads the linear models of a tree's leaves. Source: LightGBM 4.7 src/io/tree.cpp.
 * @throws MODEL_FILE_INVALID
 */
export function parseLinearLeaves(
  fields: TreeFields,
  leafCount: number,
  featureCount: number,
): LinearLeaves {
  fields.spanOf('leaf_const', leafCount);
  const constants = fields.doubles('leaf_const', new Float64Array(leafCount));
  const counts = fields.integers('num_features', new Int32Array(leafCount), [0, featureCount]);
  const starts = new Int32Array(leafCount + 1);
  for (let leaf = 0; leaf < leafCount; leaf += 1) {
    starts[leaf + 1] = (starts[leaf] as number) + (counts[leaf] as number);
  }
  const terms = starts[leafCount] as number;
  if (terms < 0) throw invalidModelText('a tree has too many linear terms');
  fields.spanOf('leaf_features', terms);
  fields.spanOf('leaf_coeff', terms);
  const features = fields.integers('leaf_features', new Int32Array(terms), [0, featureCount - 1]);
  const coefficients = fields.doubles('leaf_coeff', new Float64Array(terms));
  return { constants, starts, features, coefficients };
}
