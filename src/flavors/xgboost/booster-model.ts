/** A boosted model as XGBoost 3.2 holds it after loading, whatever version wrote the file. */
import type { Tree } from '../../trees/tree-ensemble.ts';
import type { Objective } from './objectives.ts';

/** gbtree or dart. */
export interface TreeBooster {
  readonly kind: 'gbtree' | 'dart';
  readonly trees: readonly Tree[];
  /** First tree of each boosting round, and the number of trees at the end. Shape [rounds + 1]. */
  readonly roundStarts: Int32Array;
  /** Features whose categories were those of a DataFrame in training. */
  readonly frameCategories: readonly number[];
}

/** gblinear. */
export interface LinearBooster {
  readonly kind: 'gblinear';
  /** Weights of each feature for every output, then the biases. Shape [(features + 1) × outputs]. */
  readonly weights: Float32Array;
  readonly rounds: number;
}

/** Sizes of a model. */
export interface ModelSizes {
  readonly featureCount: number;
  readonly outputCount: number;
  /** 0 where the objective is not multi-class. */
  readonly classCount: number;
}

/** What a model file says, checked. */
export interface BoosterModel extends ModelSizes {
  readonly objective: Objective;
  readonly booster: TreeBooster | LinearBooster;
  /** Start of each output's margin, float32. Shape [outputCount]. */
  readonly baseMargin: Float32Array;
  /** null when the model was trained without names. */
  readonly featureNames: readonly string[] | null;
  readonly featureTypes: readonly string[] | null;
  /** `best_iteration` of early stopping; null without. */
  readonly bestIteration: number | null;
  /** `classifier`, `regressor`, `ranker` when a wrapper of the sklearn API saved it. */
  readonly estimatorType: string | null;
}
