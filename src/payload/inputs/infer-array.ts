/** `np.array` of JSON values: shape, then the dtype that holds every element. Source: NumPy 2.4 array_coercion.c. */
import type { Dtype } from '../../data/dtype.ts';
import { isNdArray, type NdArray, ndArray } from '../../data/nd-array.ts';
import { isNumpyScalar, type PyValue } from '../../data/py-value.ts';
import { vectorValues } from '../../data/vector-values.ts';
import { packValues, type RowCursor } from '../cast/pack-values.ts';
import { pythonError } from '../cast/python-error.ts';
import { type ArrayShape, discoverShape, flattenList } from './array-shape.ts';
import { commonDtype, dtypeOf } from './common-dtype.ts';

/** `np.array(value)`. @throws INVALID_INPUT when lists differ in length */
export function inferArray(value: PyValue): NdArray {
  const { shape, ragged } = discoverShape(value);
  if (ragged) throw inhomogeneous(shape);
  const leaves = flattenList(value, shape.length).map(unwrapScalar);
  return arrayOfLeaves(leaves, shape, commonDtype(leaves.map(dtypeOf)), { row: 0 });
}

/** `np.array(value, dtype)`; `cursor.row` is the element at which it failed. @throws INVALID_INPUT */
export function arrayOf(value: PyValue, dtype: Dtype, cursor: RowCursor): NdArray {
  const { shape, ragged } = discoverShape(value);
  if (ragged && dtype !== 'object') throw inhomogeneous(shape);
  return arrayOfLeaves(flattenList(value, shape.length), shape, dtype, cursor);
}

/** `np.array` of a list of arrays: stacked when their shapes agree. @throws INVALID_INPUT when they do not */
export function stackArrays(arrays: readonly NdArray[]): NdArray {
  const shape = arrays[0]?.shape ?? [];
  const differs = arrays.some(
    (array) =>
      array.shape.length !== shape.length || array.shape.some((size, at) => size !== shape[at]),
  );
  if (differs) throw inhomogeneous([arrays.length]);
  const dtype = commonDtype(arrays.map((array) => array.data.dtype));
  // Zero-dimensional arrays are not opened when objects hold them.
  const keep = dtype === 'object' && shape.length === 0;
  const leaves = keep ? arrays : arrays.flatMap((array) => [...vectorValues(array.data)]);
  return arrayOfLeaves(leaves, [arrays.length, ...shape], dtype, { row: 0 });
}

function arrayOfLeaves(
  leaves: readonly PyValue[],
  shape: ArrayShape['shape'],
  dtype: Dtype,
  cursor: RowCursor,
): NdArray {
  return ndArray(packValues(leaves, dtype, cursor), shape);
}

function unwrapScalar(value: PyValue): PyValue {
  if (isNumpyScalar(value)) return value.value;
  return isNdArray(value) && value.shape.length === 0
    ? (vectorValues(value.data)[0] ?? null)
    : value;
}

function inhomogeneous(shape: readonly number[]): Error {
  const text = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  return pythonError(
    'ValueError',
    `setting an array element with a sequence. The requested array has an inhomogeneous shape after ${shape.length} ` +
      `dimensions. The detected shape was ${text} + inhomogeneous part.`,
  );
}
