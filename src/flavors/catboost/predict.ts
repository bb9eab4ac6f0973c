/** One call: columns, raw values, answer. */
import { ndArray } from '../../data/nd-array.ts';
import type { PyValue } from '../../data/py-value.ts';
import type { Prediction, ScoringInput } from '../../data/scoring-data.ts';
import { elementAt } from '../../data/vector-values.ts';
import type { BinnedKernel } from '../../trees/oblivious/binned-kernel.ts';
import type { AnswerValues } from './answer.ts';
import { convertColumns, pickColumns } from './fill-rows.ts';
import { type InputTable, refuseInput, toInputTable } from './input-table.ts';
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
 *
 * @returns [rows] or [rows × columns]; for an array of one dimension, the first row of that
 * @throws PREDICT_FAILED where CatBoost refuses the call
 */
export async function predict(
  opened: OpenedModel,
  input: ScoringInput,
  signal: AbortSignal,
): Promise<Prediction> {
  signal.throwIfAborted();
  const { model, kernel, matcher } = opened;
  const table = toInputTable(input);
  checkCategoryPositions(matcher, table);
  const hash = (text: string): number => kernel.hashText(text);
  const converted = convertColumns(table, matcher.categoryPositions, hash);
  if (treeCount(model) === 0)
    throw refuseInput('The model has no trees; CatBoost refuses to predict.');
  // Without rows, CatBoost does not look at the columns.
  const columns =
    table.rowCount === 0
      ? { floats: [], categories: [] }
      : pickColumns(converted, matcher.match(table));
  const raw = await rawValues(model, kernel, columns, table.rowCount, signal);
  return shapeAnswer(opened.answer(raw), table);
}

function treeCount({ trees }: OpenedModel['model']): number {
  return trees.kind === 'oblivious' ? trees.depths.length : trees.roots.length;
}

/** Source: CatBoost 1.2 core.py `_check_string_feature_value`. */
function checkCategoryPositions({ categoryPositions }: ColumnMatcher, table: InputTable): void {
  if (categoryPositions.size === 0) return;
  const missing = [...categoryPositions].find((at) => at >= table.columns.length);
  if (missing === undefined) return;
  throw refuseInput(
    `The input has ${table.columns.length} columns; the model has a categorical feature at position ${missing}.`,
  );
}

function shapeAnswer({ data, width }: AnswerValues, table: InputTable): PyValue {
  if (!table.isSingleRow) {
    return ndArray(data, width === null ? [table.rowCount] : [table.rowCount, width]);
  }
  return width === null ? elementAt(data, 0) : ndArray(data, [width]);
}
