/** Where the outputs of a model stand among the columns of its answer. Source: CatBoost 1.2 external_label_helper.cpp. */
import type { CatboostModel } from './catboost-model.ts';
import { invalidModelFile } from './model-error.ts';
import { classParams } from './model-info.ts';

/** Columns of the answer; those without an output of their own are -Infinity. */
export interface OutputColumns {
  readonly width: number;
  /** Column of each output. */
  readonly columnOf: readonly number[];
}

/** Columns of a model with several outputs: a class that training did not see has a column too. @throws MODEL_FILE_INVALID */
export function outputColumns(model: CatboostModel): OutputColumns {
  const { outputCount } = model;
  const identity = Array.from({ length: outputCount }, (_, i) => i);
  const params = outputCount === 1 ? undefined : classParams(model);
  if (params === undefined) return { width: outputCount, columnOf: identity };
  const specified = Math.max(params.classCount, params.labels.length);
  const width = specified === 0 ? params.classToLabel.length : specified;
  const listed = specified === 0 ? identity : params.classToLabel.map(Math.trunc);
  const columnOf = listed.slice(0, outputCount);
  const isColumn = (at: number): boolean => at >= 0 && at < width;
  if (width > 0xffff || columnOf.length !== outputCount || !columnOf.every(isColumn)) {
    throw invalidModelFile('its classes do not fit its outputs');
  }
  return { width, columnOf };
}

/** Spreads outputs [rows × outputs] over the columns; the values themselves where nothing moves. */
export function spreadOutputs(
  values: Float64Array,
  { width, columnOf }: OutputColumns,
): Float64Array {
  const count = columnOf.length;
  if (width === count && columnOf.every((column, i) => column === i)) return values;
  const spread = new Float64Array((values.length / count) * width).fill(-Infinity);
  for (let at = 0, row = 0; at < values.length; at += count, row += width) {
    for (let i = 0; i < count; i += 1) {
      spread[row + (columnOf[i] as number)] = values[at + i] as number;
    }
  }
  return spread;
}
