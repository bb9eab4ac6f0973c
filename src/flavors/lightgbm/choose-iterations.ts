import type { LightgbmModel } from './lightgbm-model.ts';

/** Iterations that a call asks for. */
export interface WantedIterations {
  /** First iteration; values outside of the model are moved to its ends. Default: 0. */
  readonly startIteration?: number;
  /** Number of iterations; 0 or less means all that follow. Default: all. */
  readonly iterationCount?: number;
}

/** Iterations that take part. Source: LightGBM 4.7 src/boosting/gbdt.h `InitPredict`. */
export function chooseIterations(
  { trees, outputCount }: Pick<LightgbmModel, 'trees' | 'outputCount'>,
  { startIteration = 0, iterationCount = 0 }: WantedIterations,
): { readonly start: number; readonly count: number } {
  const total = trees.length / outputCount;
  const start = Math.min(Math.max(startIteration, 0), total);
  const count = iterationCount > 0 ? Math.min(iterationCount, total - start) : total - start;
  return { start, count };
}
