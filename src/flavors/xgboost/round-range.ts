/** Boosting rounds → trees, with XGBoost's refusals. */
import type { TreeRange } from '../../trees/ensemble-kernel.ts';
import type { TreeBooster } from './booster-model.ts';
import { refuseInput } from './feature-matrix.ts';

/** What a call allows. */
export interface RangeRules {
  /** Leaves are numbered from the first tree only. */
  readonly fromStart?: boolean;
  /** dart in `inplace_predict` fails on a range without trees. */
  readonly refuseNoTrees?: boolean;
}

/**
 * Trees of rounds `[begin, end)`; an end of 0 means all rounds.
 * Source: XGBoost 3.2 src/gbm/gbtree.h `LayerToTree`, `PredictLeaf`. Negative rounds, which it does
 * not check, are refused.
 * @throws PREDICT_FAILED
 */
export function resolveTrees(
  booster: TreeBooster,
  rounds: readonly [number, number],
  rules: RangeRules = {},
): TreeRange {
  const count = booster.roundStarts.length - 1;
  const [begin] = rounds;
  const end = rounds[1] === 0 ? count : rounds[1];
  if (begin < 0 || end < begin || end > count) {
    throw refuseInput(
      `The param "iteration_range" is [${rounds.join(', ')}]; the model has ${count} rounds.`,
      {
        param: 'iteration_range',
        rounds: count,
      },
    );
  }
  const firstTree = booster.roundStarts[begin] as number;
  const endTree = booster.roundStarts[end] as number;
  if (rules.fromStart === true && firstTree !== 0) {
    throw refuseInput('Leaves can be asked for from the first round on only.', {
      param: 'iteration_range',
    });
  }
  if (rules.refuseNoTrees === true && firstTree === endTree) {
    throw refuseInput('The param "iteration_range" leaves no trees.', { param: 'iteration_range' });
  }
  return { firstTree, endTree };
}

/**
 * gblinear has no rounds to choose from and no leaves. Source: XGBoost 3.2 src/gbm/gblinear.cc.
 * @throws PREDICT_FAILED
 */
export function checkLinearRange(rounds: 'leaf'): never;
export function checkLinearRange(rounds: readonly [number, number]): void;
export function checkLinearRange(rounds: readonly [number, number] | 'leaf'): void {
  if (rounds === 'leaf')
    throw refuseInput('A gblinear model has no leaves.', { param: 'pred_leaf' });
  if (rounds[0] !== 0) {
    throw refuseInput('A gblinear model does not support a range of rounds.', {
      param: 'iteration_range',
    });
  }
}
