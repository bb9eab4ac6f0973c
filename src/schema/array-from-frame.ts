/** `DataFrame.to_numpy()`: one array of all columns, row by row. */
import type { Dtype } from '../data/dtype.ts';
import type { Frame } from '../data/frame.ts';
import { type NdArray, ndArray } from '../data/nd-array.ts';
import type { Vector } from '../data/vector.ts';
import { isDatetimeVector, vectorValues } from '../data/vector-values.ts';
import { convertNumbers, isNumericDtype, isNumericVector } from './convert-numbers.ts';
import { numericKind } from './numpy-types.ts';

/** The columns' common dtype; `object` where they have none (strings and extension dtypes have none in NumPy). */
export function arrayFromFrame(data: Frame): NdArray {
  const columns = data.columns.map((column) => column.data);
  const dtype = columns
    .map((column) => column.dtype)
    .reduce<Dtype>(promote, columns[0]?.dtype ?? 'object');
  const shape = [data.rowCount, columns.length];
  const numeric = data.columns.some(({ extension }) => extension !== undefined)
    ? []
    : columns.filter(isNumericVector);
  if (isNumericDtype(dtype) && numeric.length === columns.length) {
    const converted = numeric.map((column) => convertNumbers(column, dtype));
    return ndArray(interleave(converted, data.rowCount), shape);
  }
  if (columns.every(isDatetimeVector) && columns.every((column) => column.dtype === dtype)) {
    return ndArray(interleave(columns, data.rowCount), shape);
  }
  const values = columns.map((column) => vectorValues(column));
  const rows = Array.from({ length: data.rowCount }, (_, row) =>
    values.map((column) => column[row]!),
  );
  return ndArray({ dtype: 'object', values: rows.flat() }, shape);
}

function interleave(columns: readonly Vector[], rows: number): Vector {
  const [first] = columns;
  const source = first!.values as Float64Array;
  const make = source.constructor as unknown as new (length: number) => Float64Array;
  const values = new make(rows * columns.length);
  columns.forEach((column, position) => {
    const from = column.values as Float64Array;
    for (let row = 0; row < rows; row++) values[row * columns.length + position] = from[row]!;
  });
  return { dtype: first!.dtype, values } as unknown as Vector;
}

/** `np.result_type` of two dtypes; bool with a number is `object` in pandas. */
function promote(a: Dtype, b: Dtype): Dtype {
  if (a === b) return a;
  const [left, right] = [numericKind(a), numericKind(b)];
  if (left.kind === 'O' || right.kind === 'O' || left.kind === 'b' || right.kind === 'b')
    return 'object';
  if (left.kind === right.kind) return left.bytes > right.bytes ? a : b;
  if (left.kind === 'f' || right.kind === 'f') {
    const [float, integer] = left.kind === 'f' ? [left, right] : [right, left];
    return `float${Math.min(64, 8 * Math.max(float.bytes, 2 * integer.bytes))}` as Dtype;
  }
  const [signed, unsigned] = left.kind === 'i' ? [left, right] : [right, left];
  if (signed.bytes > unsigned.bytes) return `int${8 * signed.bytes}` as Dtype;
  return unsigned.bytes === 8 ? 'float64' : (`int${16 * unsigned.bytes}` as Dtype);
}
