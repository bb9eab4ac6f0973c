/**
 * Sums of a TreeEnsembleClassifier → classes and scores, with every oddity that onnxruntime has. Source: onnxruntime 1.30
 * core/providers/cpu/ml/tree_ensemble_aggregator.h `TreeAggregatorClassifier` and ml_common.h `write_scores`.
 */
import { largestClasses } from './largest-classes.ts';
import { logistic, type PostTransform, transformRows } from './post-transforms.ts';

/** Turns sums into an index of a class for each row, and scores [rows × classes]. */
export interface ClassScoring {
  /** Sums of a row: one where all weights are of one of two classes, else one a class. */
  readonly sumCount: number;
  /** May write to the sums. */
  finish(sums: Float32Array): ClassScores;
}

/** Classes and scores of rows. */
export interface ClassScores {
  readonly classes: Int32Array;
  readonly scores: Float32Array;
}

/** What a classifier says beyond its trees. */
export interface ClassSettings {
  readonly classCount: number;
  readonly transform: PostTransform;
  readonly baseValues: Float32Array;
  /** Classes that weights are of; every row gets one of each. */
  readonly named: ReadonlySet<number>;
  /** No weight is negative. */
  readonly isPositive: boolean;
}

/** Null for settings whose answers onnxruntime leaves open, or where they look like a mistake that may be mended. */
export function chooseScoring(settings: ClassSettings): ClassScoring | null {
  const { classCount, named, baseValues } = settings;
  if (classCount > 2) {
    const isWhole = named.size === classCount;
    const fits = baseValues.length === 0 || baseValues.length === classCount;
    return isWhole && fits ? ofMany(settings) : null;
  }
  if (classCount !== 2 || baseValues.length > 1) return null;
  if (named.size === 2) return ofBoth(settings);
  return named.has(0) ? ofFirst(settings) : ofSecond(settings);
}

/** The first of the largest scores wins, before the transform. */
function ofMany({ classCount, transform, baseValues }: ClassSettings): ClassScoring {
  return {
    sumCount: classCount,
    finish: (scores) => {
      if (baseValues.length > 0) {
        for (let at = 0; at < scores.length; at++)
          scores[at] = scores[at]! + baseValues[at % classCount]!;
      }
      const classes = largestClasses(scores, classCount);
      transformRows(scores, classCount, transform);
      return { classes, scores };
    },
  };
}

/** Both classes have weights: the sign of the second one's sum decides. */
function ofBoth({ transform, baseValues: [base = 0] }: ClassSettings): ClassScoring {
  return {
    sumCount: 2,
    finish: (scores) => {
      const classes = new Int32Array(scores.length / 2);
      for (const row of classes.keys()) {
        scores[2 * row] = scores[2 * row]! + base;
        classes[row] = scores[2 * row + 1]! > 0 ? 1 : 0;
      }
      transformRows(scores, 2, transform);
      return { classes, scores };
    },
  };
}

/** All weights are of the first class, and speak for the second one. */
function ofFirst(settings: ClassSettings): ClassScoring {
  const { transform, isPositive } = settings;
  const [base = 0] = settings.baseValues;
  const least = isPositive ? 0.5 : 0;
  return {
    sumCount: 1,
    finish: (sums) => {
      const classes = new Int32Array(sums.length);
      const scores = new Float32Array(2 * sums.length);
      for (const row of classes.keys()) {
        const sum = Math.fround(sums[row]! + base);
        classes[row] = sum > least ? 1 : 0;
        const isLogistic = !isPositive && transform === 'LOGISTIC';
        scores[2 * row + 1] = isLogistic ? logistic(sum) : sum;
        scores[2 * row] = isPositive ? 1 - sum : isLogistic ? logistic(-sum) : -sum;
      }
      return { classes, scores };
    },
  };
}

/** All weights are of the second class; the first one's score is zero before the transform, whatever the base value. */
function ofSecond({ transform, isPositive }: ClassSettings): ClassScoring {
  const least = isPositive ? 0.5 : 0;
  return {
    sumCount: 1,
    finish: (sums) => {
      const classes = new Int32Array(sums.length);
      const scores = new Float32Array(2 * sums.length);
      for (const row of classes.keys()) {
        classes[row] = sums[row]! > least ? 1 : 0;
        scores[2 * row + 1] = sums[row]!;
      }
      transformRows(scores, 2, transform);
      return { classes, scores };
    },
  };
}
