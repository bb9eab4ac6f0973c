/** The input of a call as CatBoost sees it: columns, with or without names. */
import type { ColumnLabel } from '../../data/frame.ts';
import { type Frame, isFrame } from '../../data/frame.ts';
import { isNdArray, type NdArray } from '../../data/nd-array.ts';
import { pythonRepr } from '../../data/python-repr.ts';
import type { ScoringInput } from '../../data/scoring-data.ts';
import type { Vector } from '../../data/vector.ts';
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';

/** Elements `start`, `start + stride`, … of a vector. */
export interface InputColumn {
  readonly vector: Vector;
  readonly start: number;
  readonly stride: number;
}

/** Rows and columns. */
export interface InputTable {
  readonly rowCount: number;
  readonly columns: readonly InputColumn[];
  /** Names of the columns; null for an array, which has none. */
  readonly names: readonly string[] | null;
  /** True for a one-dimensional array: one row, whose answer has a dimension less. */
  readonly isSingleRow: boolean;
  /** True where CatBoost reads numbers column by column, which rounds them once. */
  readonly isByColumn: boolean;
}

/** The error of a call that CatBoost refuses. */
export function refuseInput(
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): SlipwayError {
  return slipwayError('PREDICT_FAILED', message, { details });
}

/**
 * Takes a frame or an array, as CatBoost 1.2 does in core.py (`_process_predict_input_data`, `Pool._init`).
 * @throws PREDICT_FAILED
 */
export function toInputTable(input: ScoringInput): InputTable {
  if (isFrame(input)) return fromFrame(input);
  if (isNdArray(input)) return fromArray(input);
  throw refuseInput('CatBoost accepts a table or an array, not a dict, a list or a single value.');
}

function fromFrame({ columns, rowCount }: Frame): InputTable {
  if (columns.length === 0) throw refuseInput('The table has no columns.');
  const names = columns.map(({ label }) => nameOf(label));
  checkUnique(names);
  return {
    rowCount,
    columns: columns.map(({ data }) => ({ vector: data, start: 0, stride: 1 })),
    names,
    isSingleRow: false,
    isByColumn: true,
  };
}

function checkUnique(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (name !== '' && seen.has(name)) {
      throw refuseInput(`Two columns are called ${JSON.stringify(name)}.`, { column: name });
    }
    seen.add(name);
  }
}

/** `str(label)`. */
function nameOf(label: ColumnLabel): string {
  return typeof label === 'object' ? reprTuple(label) : String(label);
}

function reprTuple(levels: readonly ColumnLabel[]): string {
  const items = levels.map((level) => {
    if (typeof level === 'object') return reprTuple(level);
    return pythonRepr(typeof level === 'number' ? BigInt(level) : level);
  });
  return `(${items.join(', ')}${items.length === 1 ? ',' : ''})`;
}

function fromArray({ shape, data }: NdArray): InputTable {
  const isSingleRow = shape.length === 1;
  const [rowCount, width] = isSingleRow ? [1, shape[0]] : shape;
  if (shape.length < 1 || shape.length > 2 || rowCount === undefined || width === undefined) {
    throw refuseInput(`The array has ${shape.length} dimensions; CatBoost needs rows of columns.`, {
      shape,
    });
  }
  if (width === 0) throw refuseInput('The array has no columns.', { shape });
  const columns = Array.from({ length: width }, (_, start) => ({
    vector: data,
    start,
    stride: width,
  }));
  // A single row becomes a list of objects; an array of one row or column lies by columns as well as by rows.
  const isByColumn = !isSingleRow && (rowCount === 1 || width === 1 || data.dtype === 'float32');
  return { rowCount, columns, names: null, isSingleRow, isByColumn };
}
