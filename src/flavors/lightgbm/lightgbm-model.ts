/** A boosted model as LightGBM 4.7 holds it after loading its text. */
import type { Tree } from '../../trees/tree-ensemble.ts';
import type { Objective } from './objectives.ts';

/** Linear models in the leaves of one tree. */
export interface LinearLeaves {
  /** Start of each leaf's sum. Shape [leaves]. */
  readonly constants: Float64Array;
  /** First term of each leaf, and the number of terms at the end. Shape [leaves + 1]. */
  readonly starts: Int32Array;
  /** Feature of each term. Shape [terms]. */
  readonly features: Int32Array;
  /** Factor of each term. Shape [terms]. */
  readonly coefficients: Float64Array;
}

/** What a model text says, checked. */
export interface LightgbmModel {
  readonly featureCount: number;
  /** Trees of one iteration, which is the number of values that a row gets (classes of a multi-class model). */
  readonly outputCount: number;
  /** Names that the model was trained with; columns are matched by position all the same. */
  readonly featureNames: readonly string[];
  /** Null for a model trained with an objective of the user's own: its answers are raw scores. */
  readonly objective: Objective | null;
  /** True where the sums are divided by the number of iterations (`boosting: rf`). */
  readonly averageOutput: boolean;
  /**
   * Trees of all complete iterations, those of one iteration side by side. Splits are nodes 0, 1, …
   * and the leaves follow: leaf `l` is node `leaves - 1 + l`.
   */
  readonly trees: readonly Tree[];
  /** Tree number → linear models of its leaves; empty without linear trees. */
  readonly linearLeaves: ReadonlyMap<number, LinearLeaves>;
  /** Categories of each categorical DataFrame column of the training data; null where the file has no such line. */
  readonly pandasCategorical: readonly unknown[] | null;
}
