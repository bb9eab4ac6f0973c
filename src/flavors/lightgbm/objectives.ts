/** Every objective of LightGBM 4.7: how raw scores become answers. */
import { expFloat64 } from '../../trees/transforms/exp-float64.ts';
import { log1pFloat64 } from '../../trees/transforms/log1p-float64.ts';
import { invalidModelText, notNative } from './invalid-model-text.ts';
import { parseApproximately } from './parse-approximately.ts';

/** One objective with its settings. */
export interface Objective {
  readonly name: string;
  /**
   * Answers of raw scores [rows × outputs], in place. Absent where the answer is the score.
   * Objectives of one output touch the first of each row only, as LightGBM does.
   */
  readonly transform?: (scores: Float64Array, outputCount: number) => void;
}

type Settings = readonly string[];
type Transform = NonNullable<Objective['transform']>;
type Rule = (settings: Settings, outputCount: number) => Transform | undefined;

const identity: Rule = () => undefined;
/** `reg_sqrt`, which every objective inherits that does not say otherwise. */
const squared: Rule = (settings) =>
  settings.includes('sqrt') ? eachScore(signedSquare) : undefined;
const exponential: Rule = () => eachScore(expFloat64);
const logistic = (factor: number): Transform =>
  eachScore((score) => 1 / (1 + expFloat64(-factor * score)));

/** Source: LightGBM 4.7 src/objective, `ConvertOutput` of each class. */
const rules: Readonly<Record<string, Rule>> = {
  regression: squared,
  regression_l1: squared,
  quantile: squared,
  huber: identity,
  fair: squared,
  mape: squared,
  poisson: exponential,
  gamma: exponential,
  tweedie: exponential,
  binary: (settings) => logistic(sigmoidOf(settings)),
  multiclass: (settings, outputCount) => {
    checkClasses(settings, outputCount);
    return softmaxRows;
  },
  multiclassova: (settings, outputCount) => {
    checkClasses(settings, outputCount);
    const convert = logistic(sigmoidOf(settings));
    return (scores) => convert(scores, 1);
  },
  cross_entropy: () => logistic(1),
  cross_entropy_lambda: () => eachScore((score) => log1pFloat64(expFloat64(score))),
  lambdarank: identity,
  rank_xendcg: identity,
};

/** Names of all objectives that are scored natively. */
export const objectiveNames: readonly string[] = Object.keys(rules);

/** Other names of an objective without settings. Source: LightGBM 4.7 include/LightGBM/config.h `ParseObjectiveAlias`. */
const aliases: Readonly<Record<string, string>> = {
  regression_l2: 'regression',
  mean_squared_error: 'regression',
  mse: 'regression',
  l2: 'regression',
  l2_root: 'regression',
  root_mean_squared_error: 'regression',
  rmse: 'regression',
  mean_absolute_error: 'regression_l1',
  l1: 'regression_l1',
  mae: 'regression_l1',
  xentropy: 'cross_entropy',
  xentlambda: 'cross_entropy_lambda',
  mean_absolute_percentage_error: 'mape',
  xendcg: 'rank_xendcg',
  xe_ndcg: 'rank_xendcg',
  xe_ndcg_mart: 'rank_xendcg',
  xendcg_mart: 'rank_xendcg',
};
const ownObjective: ReadonlySet<string> = new Set(['custom', 'none', 'null', 'na']);

/**
 * Reads an `objective=` line, for instance `binary sigmoid:1`.
 *
 * @returns null for an objective of the user's own
 * @throws MODEL_FILE_INVALID for missing settings, MODEL_NOT_NATIVE for an unknown objective
 */
export function parseObjective(text: string, outputCount: number): Objective | null {
  if (ownObjective.has(text)) return null;
  const [name = '', ...settings] = (aliases[text] ?? text).split(' ').filter((word) => word !== '');
  if (ownObjective.has(name)) return null;
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
  if (rule === undefined) throw notNative(`the objective "${name}" is unknown to LightGBM 4.7`);
  const transform = rule(settings, outputCount);
  return transform === undefined ? { name } : { name, transform };
}

function settingOf(settings: Settings, key: string): string | undefined {
  const values = settings
    .map((setting) => setting.split(':').filter((part) => part !== ''))
    .filter((parts) => parts.length === 2 && parts[0] === key);
  return values.at(-1)?.[1];
}

function sigmoidOf(settings: Settings): number {
  const sigmoid = parseApproximately(settingOf(settings, 'sigmoid') ?? '-1');
  if (sigmoid > 0) return sigmoid;
  throw invalidModelText('the sigmoid of its objective is not greater than zero');
}

function checkClasses(settings: Settings, outputCount: number): void {
  const classes = Number(settingOf(settings, 'num_class') ?? '-1');
  if (classes === outputCount) return;
  throw invalidModelText(`the objective has ${classes} classes, an iteration ${outputCount} trees`);
}

/** The sign of a minus zero is 0. */
function signedSquare(score: number): number {
  const sign = score > 0 ? 1 : score < 0 ? -1 : 0;
  return sign * score * score;
}

function eachScore(convert: (score: number) => number): Transform {
  return (scores, outputCount) => {
    for (let i = 0; i < scores.length; i += outputCount) {
      scores[i] = convert(scores[i] as number);
    }
  };
}

/** Source: LightGBM 4.7 include/LightGBM/utils/common.h `Softmax`. */
function softmaxRows(scores: Float64Array, outputCount: number): void {
  for (let start = 0; start < scores.length; start += outputCount) {
    const end = start + outputCount;
    let largest = scores[start] as number;
    for (let i = start + 1; i < end; i += 1) {
      const score = scores[i] as number;
      // C++'s std::max(score, largest): the first argument unless it is the smaller one.
      largest = score < largest ? largest : score;
    }
    let sum = 0;
    for (let i = start; i < end; i += 1) {
      const power = expFloat64((scores[i] as number) - largest);
      scores[i] = power;
      sum += power;
    }
    for (let i = start; i < end; i += 1) scores[i] = (scores[i] as number) / sum;
  }
}
