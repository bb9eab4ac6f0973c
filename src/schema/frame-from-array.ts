/** `pd.DataFrame(array)`. */
import { type Frame, frame } from '../data/frame.ts';
import type { NdArray } from '../data/nd-array.ts';
import type { PyValue } from '../data/py-value.ts';
import type { Vector } from '../data/vector.ts';
import { columnFromArray } from './column-from-array.ts';
import { describeShape } from '../model/describe-signature.ts';
import { schemaMismatch } from './schema-mismatch.ts';

/** One dimension is one column, two are rows and columns. @throws SCHEMA_ENFORCEMENT_FAILED for any other number */
export function frameFromArray(array: NdArray): Frame {
  const [rows, width = 1] = array.shape;
  if (rows === undefined || array.shape.length > 2) {
    throw schemaMismatch(`Must pass 2-d input. shape=${describeShape(array.shape)}`);
  }
  const columns = Array.from({ length: width }, (_, label) => {
    const data = pickColumn(array.data, label, width, rows);
    return { label, data: data.dtype === 'bytes' ? data : columnFromArray(data) };
  });
  return frame(columns, rows);
}

/** Every `width`-th element from `offset` on. */
function pickColumn(vector: Vector, offset: number, width: number, rows: number): Vector {
  if (width === 1) return vector;
  const pick = (values: readonly PyValue[]): PyValue[] =>
    Array.from({ length: rows }, (_, row) => values[row * width + offset] as PyValue);
  if (vector.dtype === 'str' || vector.dtype === 'bytes' || vector.dtype === 'object') {
    return { dtype: vector.dtype, values: pick(vector.values) } as Vector;
  }
  const values = vector.values.slice(0, rows);
  for (let row = 0; row < rows; row++) values[row] = vector.values[row * width + offset]!;
  return { ...vector, values } as Vector;
}
