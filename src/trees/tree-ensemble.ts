/** One form for every ensemble of decision trees, whatever library made it. */

/** Nodes of one tree in arrays; node 0 is the root. */
export interface Tree {
  /** Left child; -1 in a leaf. Shape [nodes]. */
  readonly leftChild: Int32Array;
  /** Right child; -1 in a leaf. */
  readonly rightChild: Int32Array;
  /** Feature tested; ignored in a leaf. */
  readonly feature: Int32Array;
  /** Threshold of a numerical split. float32 ensembles hold float32 values. */
  readonly threshold: Float32Array | Float64Array;
  /** 1 where a missing value (NaN) goes left. */
  readonly defaultLeft: Uint8Array;
  /**
   * What counts as missing at a numerical split: 0 NaN; 1 nothing, NaN is compared as 0; 2 NaN and zero, which
   * is any value of at most 1e-35 (as float32). Default: 0 everywhere.
   * Source: LightGBM 4.7 include/LightGBM/tree.h `NumericalDecision`.
   */
  readonly missing?: Uint8Array;
  /** Values of leaves: [nodes] for scalar leaves, [nodes × outputCount] for vector leaves. */
  readonly leafValue: Float32Array | Float64Array;
  /** Output that a scalar leaf adds to; null where leaves are vectors. */
  readonly output: number | null;
  /**
   * Category splits: node → categories that go to the right child. Absent without any. The value is
   * truncated to an integer; ones outside of {@link TreeEnsemble.categoryRange} and categories not
   * listed go left; missing goes by `defaultLeft`.
   */
  readonly categories?: ReadonlyMap<number, Uint32Array>;
  /** Weight of the tree (dart), used as {@link TreeEnsemble.weighting} says. Default: added as is. */
  readonly weight?: number;
}

/** An ensemble. A row's outputs are `baseScore` plus its leaves, added tree by tree in order. */
export interface TreeEnsemble {
  /** Width of features and thresholds. */
  readonly thresholdType: 'float32' | 'float64';
  /** A row goes left where `feature <comparison> threshold`. */
  readonly comparison: '<' | '<=';
  /** Width of the running sum: every addition is rounded to it. */
  readonly sumType: 'float32' | 'float64';
  readonly featureCount: number;
  readonly outputCount: number;
  /** Start of each sum. Shape [outputCount]. */
  readonly baseScore: Float64Array;
  readonly trees: readonly Tree[];
  /**
   * Values that can be categories. `float24`: 0 to 2^24, the latter excluded (XGBoost 3.2, `common::Decision` in
   * src/common/categorical.h). `int32`: -1 to 2^31, both excluded, since a C cast makes 0 of -0.5 (LightGBM 4.7,
   * `CategoricalDecision`). Default: `float24`.
   */
  readonly categoryRange?: 'float24' | 'int32';
  /** `mean` divides each output's sum by the number of trees that add to it. Default: `sum`. */
  readonly combine?: 'sum' | 'mean';
  /**
   * What a tree with a weight adds, every operation rounded to the sum type. `scaled`: weight × leaf
   * (XGBoost's dart over a DMatrix). `rebased`: weight × ((leaf + base) - base) (XGBoost 3.2's dart in
   * `inplace_predict`, src/gbm/gbtree.cc). Default: `scaled`.
   */
  readonly weighting?: 'scaled' | 'rebased';
}
