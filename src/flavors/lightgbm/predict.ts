/** One call: columns, raw scores, answers. */
import { type NdArray, ndArray } from '../../data/nd-array.ts';
import type { ScoringInput } from '../../data/scoring-data.ts';
import type { WantedIterations } from './choose-iterations.ts';
import { convertScores } from './convert-scores.ts';
import { toFeatureMatrix } from './feature-matrix.ts';
import { rowFiller } from './fill-rows.ts';
import type { LightgbmModel } from './lightgbm-model.ts';
import type { ScoreSource } from './score-source.ts';

/** A model and what computes its scores. */
export interface OpenedModel {
  readonly model: LightgbmModel;
  readonly source: ScoreSource;
}

/** What `Booster.predict` is asked for. */
export interface PredictOptions extends WantedIterations {
  /** Leave averaging and the objective's transform out. Default: false. */
  readonly rawScore?: boolean;
}

/**
 * Scores one input as `Booster.predict` of LightGBM 4.7.
 *
 * @returns float64 [rows], or [rows × outputs] where a row has several (but [0] for no rows)
 * @throws PREDICT_FAILED where LightGBM refuses the input
 */
export async function predict(
  { model, source }: OpenedModel,
  input: ScoringInput,
  signal: AbortSignal,
  options: PredictOptions = {},
): Promise<NdArray> {
  signal.throwIfAborted();
  const matrix = toFeatureMatrix(model, input);
  const { rowCount } = matrix;
  const pending = source.scores({ rowCount, fill: rowFiller(matrix), signal, ...options });
  const scores = pending instanceof Float64Array ? pending : await pending;
  if (options.rawScore !== true) convertScores(model, scores, options);
  const shape = scores.length === rowCount ? [rowCount] : [rowCount, model.outputCount];
  return ndArray({ dtype: 'float64', values: scores }, shape);
}
