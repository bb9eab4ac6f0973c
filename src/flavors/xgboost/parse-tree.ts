/** One tree of a model file. */
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import type { Tree } from '../../trees/tree-ensemble.ts';
import type { ModelSizes } from './booster-model.ts';
import {
  flagsAt,
  floatsAt,
  type ForeignMap,
  integersAt,
  integerTextAt,
  invalidModelFile,
  mapAt,
} from './foreign-value.ts';
import { parseCategories } from './parse-categories.ts';

/**
 * Reads one entry of `trees`. Source: XGBoost 3.2 src/tree/tree_model.cc and multi_target_tree_model.cc, `LoadModel`.
 *
 * @param output output that scalar leaves add to
 * @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE
 */
export function parseTree(entry: ForeignMap, output: number, sizes: ModelSizes): Tree {
  const param = mapAt(entry, 'tree_param');
  const isVector = integerTextAt(param, 'size_leaf_vector', 0) > 1;
  const leftChild = integersAt(entry, 'left_children');
  const rightChild = integersAt(entry, 'right_children');
  const threshold = floatsAt(entry, 'split_conditions');
  const feature = integersAt(entry, 'split_indices');
  const defaultLeft = flagsAt(entry, 'default_left');
  const count = integerTextAt(param, 'num_nodes');
  const sameLength = [leftChild, rightChild, threshold, feature, defaultLeft].every(
    (a) => a.length === count,
  );
  if (!sameLength) throw invalidModelFile(`the arrays of a tree do not have ${count} elements`);
  checkSiblings(leftChild, rightChild);
  const categories = parseCategories(entry, count);
  const split = { leftChild, feature, threshold, defaultLeft, ...(categories && { categories }) };
  if (!isVector)
    return {
      ...split,
      rightChild: clearLeaves(leftChild, rightChild),
      leafValue: threshold,
      output,
    };
  const leafValue = spreadLeaves(entry, leftChild, rightChild, sizes.outputCount);
  return { ...split, rightChild: clearLeaves(leftChild, rightChild), leafValue, output: null };
}

/** XGBoost goes to `left + 1` when it goes right, whatever the file says (src/predictor/predict_fn.h). */
function checkSiblings(leftChild: Int32Array, rightChild: Int32Array): void {
  const odd = leftChild.findIndex((left, node) => left !== -1 && rightChild[node] !== left + 1);
  if (odd !== -1) throw invalidModelFile(`the children of node ${odd} do not stand side by side`);
}

/** Trees with vector leaves keep a leaf's number where its right child would stand. */
function clearLeaves(leftChild: Int32Array, rightChild: Int32Array): Int32Array {
  return rightChild.map((right, node) => (leftChild[node] === -1 ? -1 : right));
}

function spreadLeaves(
  entry: ForeignMap,
  leftChild: Int32Array,
  leafNumber: Int32Array,
  width: number,
): Float32Array {
  if (!entry.has('leaf_weights')) throw olderVectorLeaves();
  const weights = floatsAt(entry, 'leaf_weights');
  if (leftChild.length * width > maxLeafValues)
    throw invalidModelFile('a tree has too many leaf values');
  const values = new Float32Array(leftChild.length * width);
  for (const [node, left] of leftChild.entries()) {
    if (left !== -1) continue;
    const start = (leafNumber[node] as number) * width;
    if (start < 0 || start + width > weights.length)
      throw invalidModelFile(`leaf ${node} has no weights`);
    values.set(weights.subarray(start, start + width), node * width);
  }
  return values;
}

/** Keeps a small file from asking for gigabytes. */
const maxLeafValues = 1 << 26;

function olderVectorLeaves(): SlipwayError {
  return slipwayError(
    'MODEL_NOT_NATIVE',
    'The trees of the XGBoost model have vector leaves in a form older than XGBoost 3.2, which 3.2 does not load; save the model again with XGBoost 3.2.',
  );
}
