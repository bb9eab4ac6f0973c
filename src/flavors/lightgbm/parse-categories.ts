/** Splits of a tree by categories. */
import type { Tree } from '../../trees/tree-ensemble.ts';
import { invalidModelText } from './invalid-model-text.ts';
import type { TreeFields } from './tree-fields.ts';

/** Bit of `decision_type` that marks a split by categories. */
export const categoryBit = 1;

/**
 * Reads the sets and turns the splits that use them around: categories of the set go left in LightGBM
 * and right in `Tree.categories`; all others, and missing values, go the other way.
 * Source: LightGBM 4.7 include/LightGBM/tree.h `CategoricalDecision`.
 *
 * @param tree its children and default directions are changed in place
 * @throws MODEL_FILE_INVALID
 */
export function readCategories(
  fields: TreeFields,
  tree: Tree,
  kinds: Int32Array,
  setCount: number,
): ReadonlyMap<number, Uint32Array> {
  fields.spanOf('cat_boundaries', setCount + 1);
  const ends = fields.integers('cat_boundaries', new Int32Array(setCount + 1), [0, 2 ** 31 - 1]);
  if (ends.some((end, i) => i > 0 && end < (ends[i - 1] as number))) {
    throw invalidModelText('"cat_boundaries" goes down');
  }
  const words = fields.words('cat_threshold', ends[setCount] as number);
  const categories = new Map<number, Uint32Array>();
  for (const [node, kind] of kinds.entries()) {
    if ((kind & categoryBit) === 0) continue;
    const set = Math.trunc(tree.threshold[node] as number);
    if (!(set >= 0 && set < setCount)) {
      throw invalidModelText(`a split asks for the set ${set} of ${setCount}`);
    }
    categories.set(node, membersOf(words.subarray(ends[set], ends[set + 1])));
    const left = tree.leftChild[node] as number;
    tree.leftChild[node] = tree.rightChild[node] as number;
    tree.rightChild[node] = left;
    tree.defaultLeft[node] = 1;
  }
  return categories;
}

/** Numbers of the bits that are set, ascending. */
function membersOf(words: Uint32Array): Uint32Array {
  const members: number[] = [];
  for (const [index, word] of words.entries()) {
    for (let rest = word; rest !== 0; rest = (rest & (rest - 1)) >>> 0) {
      members.push(index * 32 + 31 - Math.clz32(rest & -rest));
    }
  }
  return Uint32Array.from(members);
}
