/** Every objective of XGBoost 3.2: how a base score becomes a margin, and a margin an answer. */
import { expFloat32 } from '../../trees/transforms/exp-float32.ts';
import { logFloat32 } from '../../trees/transforms/log-float32.ts';
import { logitFloat32, sigmoidInPlace } from '../../trees/transforms/sigmoid.ts';
import { argmaxRows, softmaxInPlace } from '../../trees/transforms/softmax.ts';

/** One objective. */
export interface Objective {
  readonly name: string;
  /** Margin of one base score as the file has it. */
  readonly baseMargin: (baseScore: number) => number;
  /** False where XGBoost refuses the base score. Default: all are accepted. */
  readonly acceptsBase?: (baseScore: number) => boolean;
  /**
   * Answers of margins [rows × outputs], in place or afresh: as many values, or one a row (softmax).
   * Absent where the answer is the margin.
   */
  readonly transform?: (margins: Float32Array, outputCount: number) => Float32Array;
}

type Rule = Omit<Objective, 'name'>;

const identity: Rule = { baseMargin: (score) => score };
const logistic: Rule = {
  baseMargin: logitFloat32,
  acceptsBase: (score) => score >= 0 && score <= 1,
  transform: (margins) => {
    sigmoidInPlace(margins);
    return margins;
  },
};
const exponential: Rule = { baseMargin: logFloat32, transform: exponentiate };

/** Source: XGBoost 3.2 src/objective, `PredTransform` and `ProbToMargin` of each class. */
const rules: Readonly<Record<string, Rule>> = {
  'reg:squarederror': identity,
  'reg:linear': identity,
  'reg:squaredlogerror': identity,
  'reg:pseudohubererror': identity,
  'reg:absoluteerror': identity,
  'reg:quantileerror': identity,
  'reg:logistic': logistic,
  'reg:gamma': { ...exponential, acceptsBase: (score) => score > 0 },
  'reg:tweedie': exponential,
  'count:poisson': exponential,
  'survival:cox': exponential,
  'survival:aft': exponential,
  'binary:logistic': logistic,
  'binary:logitraw': identity,
  'binary:hinge': { ...identity, transform: (margins) => margins.map((x) => (x > 0 ? 1 : 0)) },
  'multi:softmax': { ...identity, transform: argmaxRows },
  'multi:softprob': {
    ...identity,
    transform: (margins, outputCount) => {
      softmaxInPlace(margins, outputCount);
      return margins;
    },
  },
  'rank:ndcg': identity,
  'rank:map': identity,
  'rank:pairwise': identity,
};

/** Names of all objectives that are scored natively. */
export const objectiveNames: readonly string[] = Object.keys(rules);

/** The objective of a name; undefined where XGBoost 3.2 has none of it. */
export function findObjective(name: string): Objective | undefined {
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
  return rule === undefined ? undefined : { name, ...rule };
}

/** True where the answer, or the base score, goes through expf or logf of the machine's maths library. */
export function usesMathsLibrary(name: string): boolean {
  return /^(reg:(logistic|gamma|tweedie)|count:|survival:|binary:logistic|multi:softprob)/.test(
    name,
  );
}

function exponentiate(margins: Float32Array): Float32Array {
  for (let i = 0; i < margins.length; i += 1) margins[i] = expFloat32(margins[i] as number);
  return margins;
}
