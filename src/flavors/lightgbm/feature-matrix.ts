/** The input of a call as LightGBM sees it: columns that can fill rows of float64. */
import { isFrame, type Frame } from '../../data/frame.ts';
import { isNdArray, type NdArray } from '../../data/nd-array.ts';
import type { ScoringInput } from '../../data/scoring-data.ts';
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import { arrayFromList } from './array-from-list.ts';
import type { LightgbmModel } from './lightgbm-model.ts';
import { arrayColumn, frameColumn, type NumberColumn } from './number-column.ts';

/** Rows and columns of numbers. */
export interface FeatureMatrix {
  readonly rowCount: number;
  readonly columns: readonly NumberColumn[];
}

/**
 * Takes a frame, a two-dimensional array or a list of rows. Columns are matched by position and must be
 * as many as the model has features. Source: LightGBM 4.7 basic.py `_InnerPredictor.predict`.
 * @throws PREDICT_FAILED where LightGBM refuses the input
 */
export function toFeatureMatrix(model: LightgbmModel, input: ScoringInput): FeatureMatrix {
  const matrix = convert(model, input);
  if (matrix.columns.length === model.featureCount) return matrix;
  throw refuseInput(
    `The input has ${matrix.columns.length} columns; the model has ${model.featureCount} features.`,
    { expected: model.featureCount, actual: matrix.columns.length },
  );
}

function convert(model: LightgbmModel, input: ScoringInput): FeatureMatrix {
  if (isFrame(input)) return fromFrame(model, input);
  if (isNdArray(input)) return fromArray(input);
  const array = arrayFromList(input);
  if (array !== undefined) return fromArray(array);
  throw refuseInput('LightGBM accepts a table, a two-dimensional array or a list of rows.');
}

/** The error of a call that LightGBM refuses. */
export function refuseInput(
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): SlipwayError {
  return slipwayError('PREDICT_FAILED', message, { details });
}

/** Source: LightGBM 4.7 basic.py `_data_from_pandas`. */
function fromFrame(model: LightgbmModel, input: Frame): FeatureMatrix {
  if (input.rowCount < 1) throw refuseInput('LightGBM refuses a table without rows.');
  const categorical = model.pandasCategorical?.length ?? 0;
  if (categorical > 0) {
    throw refuseInput(
      `The model was trained on a table with ${categorical} categorical columns (pandas dtype "category"); the input has none. Send an array of category codes instead.`,
      { expected: categorical, actual: 0 },
    );
  }
  return { rowCount: input.rowCount, columns: input.columns.map(frameColumn) };
}

function fromArray(input: NdArray): FeatureMatrix {
  const [rowCount, width] = input.shape;
  if (input.shape.length !== 2 || rowCount === undefined || width === undefined) {
    throw refuseInput(
      `The array has ${input.shape.length} dimensions; LightGBM needs two: rows and features.`,
      { shape: input.shape },
    );
  }
  const columns = Array.from({ length: width }, (_, i) => arrayColumn(input.data, i, width));
  return { rowCount, columns };
}
