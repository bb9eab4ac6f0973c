/** One call: columns, raw values, answer. */
import { type NdArray, ndArray } from '../../data/nd-array.ts';
import type { ScoringInput } from '../../data/scoring-data.ts';
import type { BinnedKernel } from '../../trees/oblivious/binned-kernel.ts';
import { convertColumns, pickColumns } from './fill-rows.ts';
import { toInputTable } from './input-table.ts';
import type { LoadedModel } from './load-model.ts';
import type { ColumnMatcher } from './match-columns.ts';
import { rawValues } from './raw-values.ts';

/** Everything that a call needs of an opened model. */
export interface OpenedModel extends LoadedModel {
  readonly kernel: BinnedKernel;
  readonly matcher: ColumnMatcher;
}

/**
 * Scores one input.
 * @throws PREDICT_FAILED where CatBoost refuses the call
 */
export async function predict(
  opened: OpenedModel,
  input: ScoringInput,
  signal: AbortSignal,
): Promise<NdArray> {
  signal.throwIfAborted();
  const { model, kernel, matcher } = opened;
  const table = toInputTable(input);
  const hash = (text: string): number => kernel.hashText(text);
  const converted = convertColumns(table, matcher.categoryPositions, hash);
  const columns = pickColumns(converted, matcher.match(table));
  const values = await rawValues(model, kernel, columns, table.rowCount, signal);
  const { outputCount } = model;
  const shape = outputCount === 1 ? [table.rowCount] : [table.rowCount, outputCount];
  return ndArray({ dtype: 'float64', values }, shape);
}
