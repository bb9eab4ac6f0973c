/** The input of a call as XGBoost sees it: columns that can fill rows of float32, with or without names. */
import type { ColumnLabel, Column, Frame } from '../../data/frame.ts';
import { isFrame } from '../../data/frame.ts';
import { isNdArray, type NdArray, ndArray } from '../../data/nd-array.ts';
import type { ScoringInput } from '../../data/scoring-data.ts';
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import { type NumberColumn, toNumberColumn } from './number-column.ts';

/** Rows and columns of numbers. */
export interface FeatureMatrix {
  readonly rowCount: number;
  readonly columns: readonly NumberColumn[];
  /** Names of the columns; null for an array, which has none. */
  readonly names: readonly string[] | null;
}

/**
 * Takes a frame or a two-dimensional array, as XGBoost 3.2 does in data.py (`_transform_pandas_df`,
 * `_from_numpy_array`): frames of numbers and booleans only, arrays also of objects that are numbers.
 * @throws PREDICT_FAILED
 */
export function toFeatureMatrix(input: ScoringInput): FeatureMatrix {
  if (isFrame(input)) return fromFrame(input);
  if (isNdArray(input)) return fromArray(input);
  throw refuseInput(
    'XGBoost accepts a table or a two-dimensional array, not a dict, a list or a single value.',
  );
}

/**
 * `inplace_predict` makes an array of a list, of which only an empty one is numbers, and takes an array of one
 * dimension for a column. Source: XGBoost 3.2 core.py, src/data/array_interface.h.
 */
export function asColumn(input: ScoringInput): ScoringInput {
  if (Array.isArray(input) && input.length === 0) {
    return ndArray({ dtype: 'float64', values: new Float64Array() }, [0, 1]);
  }
  if (!isNdArray(input) || input.shape.length !== 1) return input;
  return ndArray(input.data, [input.data.values.length, 1]);
}

/** The error of a call that XGBoost refuses. */
export function refuseInput(
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): SlipwayError {
  return slipwayError('PREDICT_FAILED', message, { details });
}

/** Names of the last table. Callers mostly send the same again, and checks know a list that they have seen. */
let lastNames: readonly string[] = [];

function namesOf(columns: readonly Column[]): readonly string[] {
  const isLast = columns.length === lastNames.length;
  if (isLast && columns.every(({ label }, at) => label === lastNames[at])) return lastNames;
  checkUnique(columns);
  lastNames = columns.map(({ label }) => nameOf(label));
  return lastNames;
}

function fromFrame(input: Frame): FeatureMatrix {
  const names = namesOf(input.columns);
  const columns = input.columns.map((column, i) => frameColumn(column, names[i] as string));
  // pandas keeps the rows of a frame without columns; XGBoost has nowhere to read them from.
  return { rowCount: columns.length === 0 ? 0 : input.rowCount, columns, names };
}

/** `str(label)`; the levels of a MultiIndex are joined by spaces. */
function nameOf(label: ColumnLabel): string {
  return typeof label === 'object' ? label.map(nameOf).join(' ') : String(label);
}

function checkUnique(columns: readonly Column[]): void {
  const seen = new Set<unknown>();
  for (const { label } of columns) {
    const key = typeof label === 'object' ? JSON.stringify(label) : label;
    if (seen.has(key))
      throw refuseInput(`Two columns are called ${JSON.stringify(label)}.`, { column: label });
    seen.add(key);
  }
}

function frameColumn(column: Column, name: string): NumberColumn {
  const { dtype } = column.data;
  const data = dtype === 'object' ? undefined : toNumberColumn(column.data, 0, 1);
  if (data !== undefined) return data;
  throw refuseInput(
    `Column ${JSON.stringify(name)} has the type ${dtype}; XGBoost needs int, float or bool.`,
    { column: name, actual: dtype, expected: 'int, float or bool' },
  );
}

function fromArray(input: NdArray): FeatureMatrix {
  const [rowCount, width] = input.shape;
  if (input.shape.length !== 2 || rowCount === undefined || width === undefined) {
    throw refuseInput(
      `The array has ${input.shape.length} dimensions; XGBoost needs two: rows and features.`,
      { shape: input.shape },
    );
  }
  const columns = Array.from({ length: width }, (_, column) => {
    const data = toNumberColumn(input.data, column, width);
    if (data !== undefined) return data;
    throw refuseInput(
      `An array of ${input.data.dtype} is no input for XGBoost; it needs numbers.`,
      {
        actual: input.data.dtype,
      },
    );
  });
  return { rowCount, columns, names: null };
}
