/** The error of a column whose dtype the strict table refuses: MLflow's sentence, then the first offending row. */
import { boundedRepr } from '../data/bounded-repr.ts';
import type { PyValue } from '../data/py-value.ts';
import type { Vector } from '../data/vector.ts';
import { elementAt } from '../data/vector-values.ts';
import type { SlipwayError } from '../errors/slipway-error.ts';
import type { ScalarType } from '../model/signature.ts';
import { numpyNameOfType } from './numpy-types.ts';
import { schemaMismatch } from './schema-mismatch.ts';

const missingValuesHint =
  ' Hint: the type mismatch is likely caused by missing values. Integer columns in python can not represent missing values ' +
  'and are therefore encoded as floats. The best way to avoid this problem is to infer the model schema based on a realistic ' +
  'data sample (training dataset) that includes missing values. Alternatively, you can declare integer columns as doubles ' +
  '(float64) whenever these columns may have missing values. See `Handling Integers With Missing Values ' +
  '<https://www.mlflow.org/docs/latest/models.html#handling-integers-with-missing-values>`_ for more details.';

/** Makes the error; `label` is the column as the data calls it. */
export function incompatibleColumn(
  column: Vector,
  type: ScalarType,
  label: string | number,
): SlipwayError {
  const row = findOffender(column, type);
  const sentence =
    `Incompatible input types for column ${label}. ` +
    `Can not safely convert ${nameDtype(column)} to ${numpyNameOfType[type]}.${hintFor(column, type)}`;
  if (row === undefined) return schemaMismatch(sentence, { column: label, expectedType: type });
  const value = boundedRepr(elementAt(column, row), 100);
  const where = ` Row ${row}${label === '' ? '' : `, column ${label}`}: ${value} is not of type ${type}.`;
  return schemaMismatch(sentence + where, { column: label, row, value, expectedType: type });
}

function nameDtype(column: Vector): string {
  return column.dtype === 'bytes' ? '|S' : column.dtype;
}

/** The first row that shows why: a value that no conversion keeps, else the first row. */
function findOffender(column: Vector, type: ScalarType): number | undefined {
  const values = column.values as ArrayLike<PyValue>;
  if (values.length === 0) return undefined;
  const integral = type === 'integer' || type === 'long';
  const row = Array.from(values).findIndex((value) => isOffender(value, integral));
  return Math.max(row, 0);
}

function isOffender(value: PyValue, integral: boolean): boolean {
  if (typeof value === 'bigint') return value !== 0n && value !== 1n;
  return integral && typeof value === 'number' && !Number.isInteger(value);
}

/** Whole floats with gaps for an integer column. */
function hintFor(column: Vector, type: ScalarType): string {
  if (column.dtype !== 'float64' || (type !== 'integer' && type !== 'long')) return '';
  const gaps = column.values.some((value) => Number.isNaN(value));
  const whole = column.values.every((value) => Number.isNaN(value) || Number.isInteger(value));
  return gaps && whole ? missingValuesHint : '';
}
