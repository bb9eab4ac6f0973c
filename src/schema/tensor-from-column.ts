/** A tensor from one column of a frame. Source: MLflow 3.17.2 models/utils.py `_reshape_and_cast_pandas_column_values`. */
import type { Frame } from '../data/frame.ts';
import { inferVector } from '../data/infer-vector.ts';
import { isNdArray, type NdArray, ndArray } from '../data/nd-array.ts';
import { isPyDatetime, isPyDict, isPyList, type PyValue } from '../data/py-value.ts';
import type { Vector } from '../data/vector.ts';
import { elementAt, vectorValues } from '../data/vector-values.ts';
import type { TensorSpec } from '../model/signature.ts';
import { joinVectors } from './array-items.ts';
import { castTensorData } from './cast-tensor-data.ts';
import { describeShape } from '../model/describe-signature.ts';
import { enforceTensor } from './enforce-tensor.ts';
import { schemaMismatch } from './schema-mismatch.ts';

/**
 * Scalars fill a tensor of one column; lists and arrays are laid out in C order, one row each.
 *
 * @throws SCHEMA_ENFORCEMENT_FAILED
 */
export function tensorFromColumn(data: Frame, column: Vector, spec: TensorSpec): NdArray {
  if (spec.shape[0] !== -1 || spec.shape.slice(1).includes(-1)) {
    throw schemaMismatch(
      'For pandas dataframe input, the first dimension of shape must be a variable dimension and other dimensions must be ' +
        `fixed, but in model signature the shape of ${spec.name === undefined ? 'the unnamed input' : `input ${spec.name}`} ` +
        `is ${describeShape(spec.shape)}.`,
    );
  }
  const first = elementAt(column, rowZero(data));
  if (isScalar(first)) return fromScalars(column, spec);
  if (isPyList(first) && first.length > 0 && isScalar(first[0]!)) return fromLists(column, spec);
  if (isNdArray(first)) return fromArrays(column, spec);
  throw schemaMismatch(
    'Because the model signature requires tensor spec input, the input pandas dataframe values should be either scalar ' +
      'value, python list containing scalar values or numpy array containing scalar values, other types are not supported.',
  );
}

/** `series[0]` looks for the label 0, wherever it stands. */
function rowZero(data: Frame): number {
  const row =
    data.index === undefined ? 0 : data.index.findIndex((label) => label === 0n || label === 0);
  if (row < 0 || data.rowCount === 0) throw schemaMismatch('0');
  return row;
}

/** `np.isscalar`: None and datetimes are not. */
function isScalar(value: PyValue): boolean {
  if (value === null || isPyDatetime(value)) return false;
  return !isPyDict(value) && !isPyList(value) && !isNdArray(value);
}

function fromScalars(column: Vector, spec: TensorSpec): NdArray {
  const { shape } = spec;
  if (shape.length > 2 || (shape.length === 2 && shape[1] !== 1)) {
    throw schemaMismatch(
      `The input pandas dataframe column '${spec.name ?? 'None'}' contains scalar values, which requires the shape to be ` +
        `(-1,) or (-1, 1), but got tensor spec shape of ${describeShape(shape)}.`,
    );
  }
  const rows = column.values.length;
  const array = ndArray(
    castTensorData(column, spec.dtype),
    shape.length === 1 ? [rows] : [rows, 1],
  );
  return enforceTensor(array, spec);
}

/** Lists know neither shape nor dtype: they get those of the tensor. */
function fromLists(column: Vector, spec: TensorSpec): NdArray {
  const cells = vectorValues(column);
  const width = isPyList(cells[0]) ? cells[0].length : 0;
  const rows = cells.map((cell) => (isPyList(cell) && cell.length === width ? cell : null));
  const flat = rows.flatMap((row) => row ?? []);
  if (rows.includes(null) || !flat.every((item) => item === null || isScalar(item))) {
    throw unfitCells(spec);
  }
  const shape = reshape(flat.length, cells.length, spec);
  return ndArray(castTensorData(inferVector(flat), spec.dtype), shape);
}

/** Arrays know their dtype, so it is checked, not changed, by MLflow; here at once. */
function fromArrays(column: Vector, spec: TensorSpec): NdArray {
  const cells = vectorValues(column);
  const arrays = cells.filter((cell) => isNdArray(cell));
  const [first] = arrays;
  const alike = arrays.every(({ shape }) => String(shape) === String(first?.shape));
  if (arrays.length < cells.length || !alike) throw unfitCells(spec);
  const flat = joinVectors(arrays.map(({ data }) => data));
  return ndArray(flat, reshape(flat.values.length, cells.length, spec));
}

/** The shape of the tensor, with as many rows as the frame has. */
function reshape(size: number, rows: number, spec: TensorSpec): readonly number[] {
  const rest = spec.shape.slice(1);
  if (size !== rows * rest.reduce((product, length) => product * length, 1)) throw unfitCells(spec);
  return [rows, ...rest];
}

function unfitCells(spec: TensorSpec): Error {
  return schemaMismatch(
    `The value in the Input DataFrame column '${spec.name ?? 'None'}' could not be converted to the expected shape of: ` +
      `'${describeShape(spec.shape)}'. Ensure that each of the input list elements are of uniform length and that the data ` +
      `can be coerced to the tensor type '${spec.dtypeName}'`,
  );
}
