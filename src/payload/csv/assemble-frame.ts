/** Puts the columns of a CSV together: labels, implicit index, columns without rows. */
import { type Column, frame, type Frame } from '../../data/frame.ts';
import type { PyValue } from '../../data/py-value.ts';
import type { Vector } from '../../data/vector.ts';
import type { ScalarType } from '../../model/signature.ts';
import { inferStrings, toObjects } from './merge-chunks.ts';
import type { PlannedColumn } from './plan-columns.ts';

/** The frame of `vectors`, one for each planned column. */
export function assembleFrame(
  plan: readonly PlannedColumn[],
  vectors: readonly Vector[],
  rowCount: number,
): Frame {
  const columns: Column[] = [];
  const indexColumns: (readonly PyValue[])[] = [];
  plan.forEach((column, at) => {
    const vector = vectors[at]!;
    if (column.isIndex) indexColumns.push(toObjects(vector));
    else
      columns.push({ label: column.name, data: column.byPosition ? inferStrings(vector) : vector });
  });
  return frame(columns, rowCount, indexOf(indexColumns, rowCount));
}

/** Several index columns make a MultiIndex: a list for each row. */
function indexOf(
  columns: readonly (readonly PyValue[])[],
  rowCount: number,
): readonly PyValue[] | undefined {
  if (columns.length <= 1) return columns[0];
  return Array.from({ length: rowCount }, (_, row) => columns.map((column) => column[row]!));
}

/** A column without rows. Source: pandas 3.1 base_parser _get_empty_meta: the type asked for, else object. */
export function emptyVector(type: ScalarType | null): Vector {
  switch (type) {
    case 'boolean':
      return { dtype: 'bool', values: new Uint8Array(0) };
    case 'integer':
      return { dtype: 'int32', values: new Int32Array(0) };
    case 'long':
      return { dtype: 'int64', values: new BigInt64Array(0) };
    case 'float':
      return { dtype: 'float32', values: new Float32Array(0) };
    case 'double':
      return { dtype: 'float64', values: new Float64Array(0) };
    case 'datetime':
      return { dtype: 'datetime64[ns]', values: new BigInt64Array(0) };
    default:
      return { dtype: 'object', values: [] };
  }
}
