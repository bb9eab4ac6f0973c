/** The trees of a gbtree or dart model: checked arrays of the file in the one form of `trees/`. */
import type { Tree } from '../../trees/tree-ensemble.ts';
import type { ModelSizes, TreeBooster } from './booster-model.ts';
import {
  asMap,
  type ForeignMap,
  integersAt,
  integerTextAt,
  invalidModelFile,
  listAt,
  mapAt,
  member,
} from './foreign-value.ts';
import { parseTree } from './parse-tree.ts';

/**
 * Reads `trees`, `tree_info` and `iteration_indptr`. Source: XGBoost 3.2 src/gbm/gbtree_model.cc `LoadModel`.
 *
 * @param weights `weight_drop` of a dart model, one a tree; absent for gbtree
 * @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE
 */
export function parseTreeBooster(
  model: ForeignMap,
  sizes: ModelSizes,
  weights?: Float32Array,
): TreeBooster {
  const param = mapAt(model, 'gbtree_model_param');
  const entries = Array.from(listAt(model, 'trees'), (tree) => asMap(tree, 'trees'));
  const outputs = integersAt(model, 'tree_info');
  const count = integerTextAt(param, 'num_trees');
  if (entries.length !== count || outputs.length !== count) {
    throw invalidModelFile(
      `${entries.length} trees and ${outputs.length} outputs of trees where ${count} belong`,
    );
  }
  if (weights !== undefined && weights.length < count) {
    throw invalidModelFile(`${weights.length} weights for ${count} trees`);
  }
  const trees: Tree[] = [];
  for (const [id, entry] of orderById(entries).entries()) {
    const tree = parseTree(entry, outputs[id] as number, sizes);
    trees.push(weights === undefined ? tree : { ...tree, weight: weights[id] as number });
  }
  if (weights !== undefined && trees.some((tree) => tree.output === null)) {
    throw invalidModelFile('dart has no trees with vector leaves');
  }
  const roundStarts = readRoundStarts(model, param, outputs);
  const frameCategories = readFrameCategories(model);
  return { kind: weights === undefined ? 'gbtree' : 'dart', trees, roundStarts, frameCategories };
}

/** Source: XGBoost 3.2 src/data/cat_container.cc `CatContainer::Load`; files before 3.1 have no `cats`. */
function readFrameCategories(model: ForeignMap): readonly number[] {
  if (!model.has('cats')) return [];
  const columns = Array.from(listAt(mapAt(model, 'cats'), 'enc'), (column) => asMap(column, 'enc'));
  return columns.flatMap((column, feature) => {
    const isKept = lengthAt(column, 'values') > 0 || lengthAt(column, 'offsets') > 0;
    return isKept ? [feature] : [];
  });
}

function lengthAt(map: ForeignMap, key: string): number {
  return map.has(key) ? listAt(map, key).length : 0;
}

/** Trees in the order of their `id`, which is the order in which they are added. */
function orderById(entries: readonly ForeignMap[]): readonly ForeignMap[] {
  const ordered: (ForeignMap | undefined)[] = Array.from(entries, () => undefined);
  for (const entry of entries) {
    const id = member(entry, 'id');
    if (typeof id !== 'number' || id < 0 || id >= entries.length || ordered[id] !== undefined) {
      throw invalidModelFile('the ids of its trees are not 0, 1, 2…');
    }
    ordered[id] = entry;
  }
  return ordered.filter((entry) => entry !== undefined);
}

function readRoundStarts(model: ForeignMap, param: ForeignMap, outputs: Int32Array): Int32Array {
  const starts = model.has('iteration_indptr')
    ? integersAt(model, 'iteration_indptr')
    : makeRoundStarts(outputs, integerTextAt(param, 'num_parallel_tree', 1));
  const ordered = starts.every((start, i) => i === 0 || start >= (starts[i - 1] as number));
  if (!ordered || starts[0] !== 0 || starts.at(-1) !== outputs.length) {
    throw invalidModelFile('"iteration_indptr" does not go from 0 to the number of trees');
  }
  return starts;
}

/** Rounds of files before XGBoost 2.0 (`MakeIndptr`). `num_parallel_tree` was 0 before 1.0. */
function makeRoundStarts(outputs: Int32Array, parallelTrees: number): Int32Array {
  const groups = outputs.reduce((most, output) => Math.max(most, output), 0) + 1;
  const treesPerRound = Math.max(parallelTrees, 1) * groups;
  const rounds = Math.floor(outputs.length / treesPerRound);
  return Int32Array.from({ length: rounds + 1 }, (_, round) => round * treesPerRound);
}
