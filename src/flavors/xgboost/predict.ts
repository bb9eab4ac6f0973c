/** One call: params, columns, margins, answers; the order of MLflow's wrapper and XGBoost's own checks. */
import type { Frame } from '../../data/frame.ts';
import { isFrame } from '../../data/frame.ts';
import { type NdArray, ndArray } from '../../data/nd-array.ts';
import type { ScoringInput, ScoringParams } from '../../data/scoring-data.ts';
import type { BoosterModel } from './booster-model.ts';
import { boosterOptions, type CallOptions, estimatorOptions } from './call-options.ts';
import { checkInplaceFeatures, checkMatrixFeatures } from './check-features.ts';
import { classLabels } from './class-labels.ts';
import { asColumn, type FeatureMatrix, refuseInput, toFeatureMatrix } from './feature-matrix.ts';
import { rowFiller } from './fill-rows.ts';
import type { LoadedBooster } from './load-booster.ts';
import type { MarginRequest, MarginSource } from './margin-source.ts';
import { shapeLeaves, shapeValues } from './output-shape.ts';

/**
 * True where the class predicts through `inplace_predict`; Booster and gblinear go through a DMatrix,
 * which checks its input differently. Source: XGBoost 3.2 sklearn.py `_can_use_inplace_predict`.
 */
export function predictsInplace({ modelClass, model }: LoadedBooster): boolean {
  return modelClass !== 'booster' && model.booster.kind !== 'gblinear';
}

/** Everything that a call needs of an opened model. */
export interface OpenedBooster extends LoadedBooster {
  readonly source: MarginSource;
}

/**
 * Scores one input.
 *
 * @returns float32 [rows] or [rows × outputs]; class labels for classifiers
 * @throws PREDICT_FAILED where XGBoost refuses the call, MODEL_NOT_NATIVE for params that need Python
 */
export async function predict(
  opened: OpenedBooster,
  input: ScoringInput,
  params: ScoringParams,
  signal: AbortSignal,
): Promise<NdArray> {
  signal.throwIfAborted();
  const { model, source } = opened;
  const options =
    opened.modelClass === 'booster'
      ? boosterOptions(params)
      : estimatorOptions(params, model.bestIteration);
  const call =
    opened.modelClass === 'booster' || model.booster.kind !== 'gblinear'
      ? options
      : allRounds(options);
  const table = opened.modelClass === 'ranker' ? dropQueryIds(input) : input;
  const matrix = toFeatureMatrix(predictsInplace(opened) ? asColumn(table) : table);
  const request = prepareRequest(opened, matrix, call, signal);
  if (call.output === 'leaf')
    return shapeLeaves(model, source.leaves(request), request.rowCount, call);
  const pending = source.margins(request);
  const margins = pending instanceof Float32Array ? pending : await pending;
  return answerOf(opened, margins, request.rowCount, call);
}

/** The estimators ignore the range for gblinear. Source: XGBoost 3.2 sklearn.py `_get_iteration_range`. */
function allRounds(options: CallOptions): CallOptions {
  return { ...options, rounds: [0, 0] };
}

function prepareRequest(
  opened: OpenedBooster,
  matrix: FeatureMatrix,
  call: CallOptions,
  signal: AbortSignal,
): MarginRequest {
  const { model } = opened;
  const inplace = predictsInplace(opened);
  const check = { validate: call.validateFeatures };
  if (inplace) checkInplaceFeatures(model, matrix, check);
  else checkMatrixFeatures(model, matrix, check);
  if (!inplace && opened.modelClass !== 'booster') checkFeatureTypes(model, matrix);
  const fill = rowFiller(matrix, model.featureCount, !inplace);
  return { rowCount: matrix.rowCount, fill, rounds: call.rounds, signal };
}

/** gblinear estimators hand the model's feature types to the DMatrix, which wants one a column. */
function checkFeatureTypes(model: BoosterModel, matrix: FeatureMatrix): void {
  const expected = model.featureTypes?.length ?? matrix.columns.length;
  if (matrix.columns.length === expected) return;
  throw refuseInput(
    `The input has ${matrix.columns.length} columns; the model has ${expected} feature types.`,
  );
}

/** XGBRanker takes a column `qid` for the query ids and drops it. Source: XGBoost 3.2 sklearn.py `_get_qid`. */
function dropQueryIds(input: ScoringInput): ScoringInput {
  if (!isFrame(input) || !input.columns.some((column) => column.label === 'qid')) return input;
  const dropped: Frame = {
    ...input,
    columns: input.columns.filter((column) => column.label !== 'qid'),
  };
  return dropped;
}

function answerOf(
  opened: OpenedBooster,
  margins: Float32Array,
  rowCount: number,
  call: CallOptions,
): NdArray {
  const { model } = opened;
  const isValue = call.output === 'value';
  const values = isValue
    ? (model.objective.transform?.(margins, model.outputCount) ?? margins)
    : margins;
  const shape = shapeValues(values.length, rowCount, model.outputCount, call.strictShape);
  if (opened.modelClass === 'classifier' && isValue) return classLabels(model, values, shape);
  return ndArray({ dtype: 'float32', values }, shape);
}
