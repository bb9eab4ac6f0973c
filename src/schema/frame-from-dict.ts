/** A dict of columns, or of the values of one row, as a frame. Source: MLflow 3.17.2 models/utils.py `_enforce_schema`. */
import { type Column, type Frame, frame } from '../data/frame.ts';
import { inferVector } from '../data/infer-vector.ts';
import { isNdArray, type NdArray } from '../data/nd-array.ts';
import { isNumpyScalar, isPyDict, isPyList, type PyDict, type PyValue } from '../data/py-value.ts';
import type { Vector } from '../data/vector.ts';
import { elementAt } from '../data/vector-values.ts';
import type { ColumnSpec } from '../model/signature.ts';
import { arrayItems, sliceVector } from './array-items.ts';
import { columnFromArray } from './column-from-array.ts';
import { schemaMismatch } from './schema-mismatch.ts';

/**
 * One row when the schema has arrays or objects, or when every value is a scalar or a list of strings; else columns.
 *
 * @throws SCHEMA_ENFORCEMENT_FAILED when the values have no common length
 */
export function frameFromDict(dict: PyDict, specs: readonly ColumnSpec[]): Frame {
  const values = Array.from(dict.values());
  const isNested = specs.some(({ type }) => type.kind === 'array' || type.kind === 'object');
  if (isNested || values.every(isRowValue) || values.every(isScalarText))
    return frameOfOneRow(dict);
  try {
    return frameOfColumns(dict);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw schemaMismatch(
      'This model contains a column-based signature, which suggests a DataFrame input. ' +
        `There was an error casting the input data to a DataFrame: ${reason}`,
      {},
      cause,
    );
  }
}

function isRowValue(value: PyValue): boolean {
  if (isPyList(value)) return value.every((item) => typeof item === 'string');
  return !isPyDict(value) && !isNdArray(value);
}

/** Scalar strings arrive as arrays without dimensions. */
function isScalarText(value: PyValue): boolean {
  return isNdArray(value) && value.shape.length === 0 && value.data.dtype === 'str';
}

function frameOfOneRow(dict: PyDict): Frame {
  const columns = Array.from(dict, ([label, value]) => ({ label, data: oneCell(value) }));
  return frame(columns, 1);
}

function oneCell(value: PyValue): Vector {
  if (isNumpyScalar(value) && value.dtype === 'float32') {
    return { dtype: 'float32', values: Float32Array.of(Number(value.value)) };
  }
  if (isNumpyScalar(value) && value.dtype === 'int32') {
    return { dtype: 'int32', values: Int32Array.of(Number(value.value)) };
  }
  return inferVector([value]);
}

/** Lists and arrays of one length; scalars are repeated; dicts have their keys as the index. */
function frameOfColumns(dict: PyDict): Frame {
  const values = Array.from(dict.values());
  if (values.some((value) => isPyDict(value))) return frameOfDicts(dict);
  const lengths = new Set(values.flatMap((value) => lengthOf(value) ?? []));
  if (lengths.size > 1) throw schemaMismatch('All arrays must be of the same length');
  const [length] = lengths;
  if (length === undefined) {
    throw schemaMismatch('If using all scalar values, you must pass an index');
  }
  const columns = Array.from(dict, ([label, value]) => ({ label, data: toColumn(value, length) }));
  return frame(columns, length);
}

function lengthOf(value: PyValue): number | undefined {
  if (isPyList(value)) return value.length;
  return isNdArray(value) ? value.shape[0] : undefined;
}

function toColumn(value: PyValue, length: number): Vector {
  if (isPyList(value)) return value.length === 0 ? noRows() : inferVector(value);
  if (!isNdArray(value) || value.shape.length === 0) return repeatScalar(value, length);
  if (value.shape.length === 1) return columnFromArray(value.data);
  return length === 0 ? noRows() : { dtype: 'object', values: nestedLists(value) };
}

/** The dtype is that of the scalar, even where there are no rows. */
function repeatScalar(value: PyValue, length: number): Vector {
  const item = unwrapScalar(value);
  if (length === 0) return sliceVector(inferVector([item]), 0, 0);
  return inferVector(Array.from({ length }, () => item));
}

/** The element of an array without dimensions. */
function unwrapScalar(value: PyValue): PyValue {
  return isNdArray(value) && value.shape.length === 0 ? elementAt(value.data, 0) : value;
}

/** pandas makes float64 of an empty list in a dict. */
function noRows(): Vector {
  return { dtype: 'float64', values: new Float64Array(0) };
}

function nestedLists(array: NdArray): readonly PyValue[] {
  return arrayItems(array).map((item) => (isNdArray(item) ? nestedLists(item) : item));
}

/** A key that one dict lacks is NaN there. */
function frameOfDicts(dict: PyDict): Frame {
  const values = Array.from(dict.values());
  if (values.some((value) => lengthOf(value) !== undefined)) {
    throw schemaMismatch('Mixing dicts with non-Series may lead to ambiguous ordering.');
  }
  const keys = values.flatMap((value) => (isPyDict(value) ? Array.from(value.keys()) : []));
  const index = Array.from(new Set(keys));
  const columns: Column[] = Array.from(dict, ([label, value]) => {
    if (!isPyDict(value)) return { label, data: repeatScalar(value, index.length) };
    const cells = index.map((key) => (value.has(key) ? (value.get(key) ?? null) : Number.NaN));
    return { label, data: cells.length === 0 ? noRows() : inferVector(cells) };
  });
  return index.length === 0 ? frame(columns, 0) : frame(columns, index.length, index);
}
