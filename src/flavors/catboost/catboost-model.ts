/** A model as CatBoost 1.2 holds it after loading, whatever format the file has. */

/** A numeric column. */
export interface FloatFeature {
  /** Position among the numeric columns, by which combinations name it. */
  readonly index: number;
  /** Position among all columns. */
  readonly flatIndex: number;
  readonly name: string;
  /** Empty where no tree uses the column. */
  readonly borders: Float32Array;
  readonly hasNans: boolean;
  /** Side of the borders that NaN stands on where training saw NaN: `AsTrue` above, else below. */
  readonly missing: 'AsIs' | 'AsFalse' | 'AsTrue';
}

/** A categorical column. */
export interface CategoryFeature {
  /** Position among the categorical columns. */
  readonly index: number;
  readonly flatIndex: number;
  readonly name: string;
  readonly isUsed: boolean;
}

/** Categories of a column that trees ask for by name. */
export interface OneHotFeature {
  /** `index` of a {@link CategoryFeature}. */
  readonly categoryIndex: number;
  /** Hashes. */
  readonly values: Int32Array;
}

/** Kinds of target statistics. */
export const ctrTypes = [
  'Borders',
  'Buckets',
  'BinarizedTargetMeanValue',
  'FloatTargetMeanValue',
  'Counter',
  'FeatureFreq',
] as const;

/** Kind of a target statistic. */
export type CtrType = (typeof ctrTypes)[number];

/** What a statistic is counted by: columns, and conditions on columns. */
export interface CtrProjection {
  readonly categories: readonly number[];
  readonly floatSplits: readonly { readonly index: number; readonly border: number }[];
  readonly oneHotSplits: readonly { readonly index: number; readonly value: number }[];
}

/** Identity of a table of counts. */
export interface CtrBase {
  readonly projection: CtrProjection;
  readonly type: CtrType;
  readonly targetBorderClassifier: number;
}

/** A target statistic that trees split on. */
export interface CtrFeature {
  readonly base: CtrBase;
  readonly targetBorder: number;
  readonly priorNumerator: number;
  readonly priorDenominator: number;
  readonly shift: number;
  readonly scale: number;
  readonly borders: Float32Array;
}

/** Counts of training, by hash. */
export interface CtrTable {
  readonly base: CtrBase;
  /** Buckets of 12 bytes: hash (64 bits), index (32); all ones is empty. */
  readonly buckets: Uint8Array;
  readonly values: Uint8Array;
  readonly denominator: number;
  readonly classCount: number;
}

/** Trees with one split per level. Conditions are numbered through all borders, one-hot values and statistics. */
export interface ObliviousTrees {
  readonly kind: 'oblivious';
  readonly splits: Int32Array;
  readonly depths: Int32Array;
}

/** Trees of any shape: a node steps to the node that many places on; 0 stays, which makes it a leaf on that side. */
export interface StepTrees {
  readonly kind: 'steps';
  readonly splits: Int32Array;
  readonly roots: Int32Array;
  readonly leftSteps: Uint16Array;
  readonly rightSteps: Uint16Array;
  /** First leaf value of each node that is a leaf. */
  readonly leafIndexes: Uint32Array;
}

/** What a model file says, checked. */
export interface CatboostModel {
  readonly outputCount: number;
  readonly floatFeatures: readonly FloatFeature[];
  readonly categoryFeatures: readonly CategoryFeature[];
  readonly oneHotFeatures: readonly OneHotFeature[];
  readonly ctrFeatures: readonly CtrFeature[];
  readonly ctrTables: readonly CtrTable[];
  readonly trees: ObliviousTrees | StepTrees;
  readonly leafValues: Float64Array;
  readonly scale: number;
  /** One an output. */
  readonly bias: Float64Array;
  /** CatBoost's metadata: `params`, `class_params`, … */
  readonly info: ReadonlyMap<string, string>;
}
