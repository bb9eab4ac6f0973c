/** One tree of a model text. */
import type { Tree } from '../../trees/tree-ensemble.ts';
import type { ArrayPool } from './array-pool.ts';
import { invalidModelText } from './invalid-model-text.ts';
import type { LinearLeaves } from './lightgbm-model.ts';
import { categoryBit, readCategories } from './parse-categories.ts';
import { parseLinearLeaves } from './parse-linear-leaves.ts';
import type { TreeFields } from './tree-fields.ts';

/** A tree and, where it has them, the linear models of its leaves. */
export interface ParsedTree {
  readonly tree: Tree;
  readonly linear: LinearLeaves | null;
}

/** Bit of `decision_type`; the next two bits are the missing type. */
const defaultLeftBit = 2;

/** What all trees of a text are read with. */
export interface TreeReader {
  readonly fields: TreeFields;
  readonly pool: ArrayPool;
  readonly featureCount: number;
}

/**
 * Reads the lines behind `Tree=`. Source: LightGBM 4.7 src/io/tree.cpp `Tree::Tree(const char*, size_t*)`.
 *
 * @param output output that the tree adds to
 * @throws MODEL_FILE_INVALID
 */
export function parseTree(reader: TreeReader, output: number): ParsedTree {
  const { fields, featureCount } = reader;
  fields.read();
  const leafCount = fields.integer('num_leaves');
  if (leafCount < 1) throw invalidModelText(`a tree has ${leafCount} leaves`);
  fields.spanOf('leaf_value', leafCount);
  const isLinear = fields.has('is_linear') && fields.integer('is_linear') !== 0;
  return {
    tree: leafCount === 1 ? oneLeaf(fields, output) : readSplits(reader, leafCount, output),
    linear: isLinear ? parseLinearLeaves(fields, leafCount, featureCount) : null,
  };
}

function oneLeaf(fields: TreeFields, output: number): Tree {
  fields.integer('num_cat');
  const none = Int32Array.of(-1);
  const values = fields.doubles('leaf_value', new Float64Array(1));
  return {
    leftChild: none,
    rightChild: none,
    feature: none,
    threshold: values,
    defaultLeft: new Uint8Array(1),
    leafValue: values,
    output,
  };
}

function readSplits({ fields, pool }: TreeReader, leafCount: number, output: number): Tree {
  const splits = leafCount - 1;
  const nodes = splits + leafCount;
  const feature = pool.int32(nodes);
  fields.integers('split_feature', feature.subarray(0, splits));
  // Splits have no leaf value and leaves no threshold, so that one array holds both.
  const values = pool.float64(nodes);
  const threshold = fields.doubles('threshold', values.subarray(0, splits));
  fields.doubles('leaf_value', values.subarray(splits));
  const kinds = pool.temporary(splits);
  if (fields.has('decision_type')) fields.integers('decision_type', kinds, [-128, 127]);
  else kinds.fill(0);
  const tree = {
    leftChild: readChildren(fields, 'left_child', pool.int32(nodes), leafCount),
    rightChild: readChildren(fields, 'right_child', pool.int32(nodes), leafCount),
    feature,
    threshold: values,
    leafValue: values,
    output,
    defaultLeft: fillFlags(pool.uint8(nodes), kinds, (kind) => (kind & defaultLeftBit) >> 1),
    missing: fillFlags(pool.uint8(nodes), kinds, missingOf),
  };
  const setCount = fields.integer('num_cat');
  // Without sets, LightGBM takes every split as a numerical one.
  const hasSets = setCount > 0 && kinds.some((kind) => (kind & categoryBit) !== 0);
  const categories = hasSets ? readCategories(fields, tree, kinds, setCount) : undefined;
  moveThresholdsOffZero(threshold);
  return categories === undefined ? tree : { ...tree, categories };
}

/** A child is the number of a split, or that of a leaf with all bits turned over. */
function readChildren(
  fields: TreeFields,
  key: 'left_child' | 'right_child',
  children: Int32Array,
  leafCount: number,
): Int32Array {
  const splits = leafCount - 1;
  fields.integers(key, children.subarray(0, splits), [-leafCount, splits - 1]);
  for (let i = 0; i < splits; i += 1) {
    const child = children[i] as number;
    if (child < 0) children[i] = splits + ~child;
  }
  return children.fill(-1, splits);
}

function fillFlags(
  flags: Uint8Array,
  kinds: Int32Array,
  flag: (kind: number) => number,
): Uint8Array {
  for (let i = 0; i < kinds.length; i += 1) flags[i] = flag(kinds[i] as number);
  return flags;
}

/** `MissingType` None, Zero, NaN → the rules of `Tree.missing`. An unknown one is neither Zero nor NaN. */
function missingOf(kind: number): number {
  const type = (kind >> 2) & 3;
  if (type === 2) return 0;
  return type === 1 ? 2 : 1;
}

/** LightGBM's kZeroThreshold: the float32 nearest to 1e-35. */
export const zeroThreshold: number = Math.fround(1e-35);
/** The double next to it. */
const beyondZero = zeroThreshold + zeroThreshold * 2 ** -53;

/**
 * LightGBM takes values of at most {@link zeroThreshold} as 0 before it scores (src/c_api.cpp
 * `RowPairFunctionFromDenseMatrix`). With the thresholds of that interval moved to its borders, such
 * values go where 0 goes without being changed.
 */
function moveThresholdsOffZero(threshold: Float64Array): void {
  for (let i = 0; i < threshold.length; i += 1) {
    const value = threshold[i] as number;
    if (!(Math.abs(value) <= zeroThreshold)) continue;
    threshold[i] = value < 0 ? -beyondZero : zeroThreshold;
  }
}
