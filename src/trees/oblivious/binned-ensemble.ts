/**
 * Trees over bins: every feature becomes a small number first (how many of its borders lie below the value, or which of
 * a few categories it is), and conditions compare those. CatBoost's form of an ensemble.
 */

/** A number of the input, float32. */
export interface BorderFeature {
  /** Ascending, without NaN. */
  readonly borders: Float32Array;
  /** Side of all borders that a missing value (NaN) stands on. */
  readonly missing: 'below' | 'above';
}

/** Categories of one input column that have a condition each: "is this one". */
export interface CategoryFeature {
  /** Column of the category matrix. */
  readonly column: number;
  /** Hashes of the categories, as signed 32 bits, all different. */
  readonly values: Int32Array;
}

/** What the hash of a statistic is made of: a category column, or a condition's truth. */
export type HashPart =
  | { readonly kind: 'category'; readonly column: number }
  | { readonly kind: 'condition'; readonly condition: number };

/** What was counted in training, by hash. */
export interface CountTable {
  /** Buckets of 12 bytes (hash 64 bits, index 32); their number is a power of two and one at least is empty (all ones). */
  readonly buckets: Uint8Array;
  /** `mean`: pairs of a float32 sum and an int32 count; else int32 counts. */
  readonly values: Uint8Array;
  readonly kind: 'mean' | 'count' | 'classes';
  /** Counts of one index; 1 where `kind` is not `classes`. */
  readonly classCount: number;
  /** Divisor where `kind` is `count`. */
  readonly denominator: number;
}

/** A number looked up by categories, then binned like a feature. All of it in float32. */
export interface StatisticFeature extends Omit<BorderFeature, 'missing'> {
  readonly parts: readonly HashPart[];
  readonly table: CountTable;
  /** For `classes`: the share of class `target`, or of all classes above it. */
  readonly share: 'class' | 'above';
  readonly target: number;
  readonly priorNumerator: number;
  readonly priorDenominator: number;
  readonly shift: number;
  readonly scale: number;
}

/**
 * One split per level: tree t has the conditions `starts[t] … starts[t + 1]`, the first deciding the lowest bit of
 * the leaf's number. Leaf values of a tree follow those of the tree before it.
 */
export interface SymmetricTrees {
  readonly kind: 'symmetric';
  readonly conditions: Int32Array;
  readonly starts: Int32Array;
}

/** Nodes of all trees; a leaf has itself as both children. */
export interface WalkedTrees {
  readonly kind: 'walked';
  readonly roots: Int32Array;
  readonly conditions: Int32Array;
  /** Node taken where the condition is false, and where it is true. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** First leaf value of each leaf; any number for other nodes. */
  readonly firstValues: Int32Array;
}

/**
 * An ensemble, checked by its reader. Conditions are numbered through: borders of all features (true above), then
 * categories (true if equal), then borders of all statistics.
 */
export interface BinnedEnsemble {
  readonly features: readonly BorderFeature[];
  readonly categories: readonly CategoryFeature[];
  readonly statistics: readonly StatisticFeature[];
  /** Columns of the category matrix. */
  readonly categoryColumnCount: number;
  readonly trees: SymmetricTrees | WalkedTrees;
  readonly leafValues: Float64Array;
  readonly outputCount: number;
}
