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
  const constants = fields.doubles('leaf_const', leafCount);
  const counts = fields.integers('num_features', leafCount, [0, featureCount]);
  const starts = new Int32Array(leafCount + 1);
  for (let leaf = 0; leaf < leafCount; leaf += 1) {
    starts[leaf + 1] = (starts[leaf] as number) + (counts[leaf] as number);
  }
  const terms = starts[leafCount] as number;
  if (terms < 0) throw invalidModelText('a tree has too many linear terms');
  const features = fields.integers('leaf_features', terms, [0, featureCount - 1]);
  return { constants, starts, features, coefficients: fields.doubles('leaf_coeff', terms) };
}
