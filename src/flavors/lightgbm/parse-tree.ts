/** One tree of a model text. */
import type { Tree } from '../../trees/tree-ensemble.ts';
import { invalidModelText } from './invalid-model-text.ts';
import type { LinearLeaves } from './lightgbm-model.ts';
import { categoryBit, readCategories } from './parse-categories.ts';
import { parseLinearLeaves } from './parse-linear-leaves.ts';
import type { TextLines } from './text-lines.ts';
import { TreeFields } from './tree-fields.ts';

/** A tree and, where it has them, the linear models of its leaves. */
export interface ParsedTree {
  readonly tree: Tree;
  readonly linear: LinearLeaves | null;
}

/** Bit of `decision_type`; the next two bits are the missing type. */
const defaultLeftBit = 2;

/**
 * Reads the lines behind `Tree=`. Source: LightGBM 4.7 src/io/tree.cpp `Tree::Tree(const char*, size_t*)`.
 *
 * @param output output that the tree adds to
 * @throws MODEL_FILE_INVALID
 */
export function parseTree(lines: TextLines, output: number, featureCount: number): ParsedTree {
  const fields = new TreeFields(lines);
  const leafCount = fields.integer('num_leaves');
  const setCount = fields.integer('num_cat');
  if (leafCount < 1 || setCount < 0) {
    throw invalidModelText(`a tree has ${leafCount} leaves and ${setCount} sets of categories`);
  }
  const leaves = fields.doubles('leaf_value', leafCount);
  const isLinear = fields.has('is_linear') && fields.integer('is_linear') !== 0;
  return {
    tree: leafCount === 1 ? oneLeaf(leaves, output) : readSplits(fields, leaves, setCount, output),
    linear: isLinear ? parseLinearLeaves(fields, leafCount, featureCount) : null,
  };
}

function oneLeaf(leafValue: Float64Array, output: number): Tree {
  const none = Int32Array.of(-1);
  return {
    leftChild: none,
    rightChild: none,
    feature: none,
    threshold: new Float64Array(1),
    defaultLeft: new Uint8Array(1),
    leafValue,
    output,
  };
}

function readSplits(
  fields: TreeFields,
  leaves: Float64Array,
  setCount: number,
  output: number,
): Tree {
  const splits = leaves.length - 1;
  const nodes = splits + leaves.length;
  const range = [-leaves.length, splits - 1] as const;
  const feature = new Int32Array(nodes);
  feature.set(fields.integers('split_feature', splits));
  const threshold = new Float64Array(nodes);
  threshold.set(fields.doubles('threshold', splits));
  const leafValue = new Float64Array(nodes);
  leafValue.set(leaves, splits);
  const kinds = fields.has('decision_type')
    ? fields.integers('decision_type', splits, [-128, 127])
    : new Int32Array(splits);
  const tree = {
    leftChild: childrenOf(fields.integers('left_child', splits, range), nodes),
    rightChild: childrenOf(fields.integers('right_child', splits, range), nodes),
    feature,
    threshold,
    leafValue,
    output,
    defaultLeft: flagsOf(kinds, nodes, (kind) => (kind & defaultLeftBit) >> 1),
    missing: flagsOf(kinds, nodes, missingOf),
  };
  // Without sets, LightGBM takes every split as a numerical one.
  const hasSets = setCount > 0 && kinds.some((kind) => (kind & categoryBit) !== 0);
  const categories = hasSets ? readCategories(fields, tree, kinds, setCount) : undefined;
  moveThresholdsOffZero(threshold);
  return categories === undefined ? tree : { ...tree, categories };
}

/** A child is the number of a split, or that of a leaf with all bits turned over. */
function childrenOf(children: Int32Array, nodes: number): Int32Array {
  const splits = children.length;
  const result = new Int32Array(nodes).fill(-1);
  for (let i = 0; i < splits; i += 1) {
    const child = children[i] as number;
    result[i] = child >= 0 ? child : splits + ~child;
  }
  return result;
}

function flagsOf(kinds: Int32Array, nodes: number, flag: (kind: number) => number): Uint8Array {
  const flags = new Uint8Array(nodes);
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
