import type { NumpyScalar } from '../../data/py-value.ts';
import { elementAt, isDatetimeVector } from '../../data/vector-values.ts';
import { isPickled, type PickledArray, type PickledValue } from '../pickled-value.ts';

/** The one element of an array, as a NumPy scalar; what has no scalar form stays an array of shape (). */
export function scalarOf(array: PickledArray): PickledValue {
  if (isPickled(array, 'objects')) return array.items[0] ?? null;
  if (!isPickled(array, 'array')) return array;
  const { data } = array;
  if (isDatetimeVector(data)) return (elementAt(data, 0) as PickledValue) ?? array;
  if (data.dtype === 'str' || data.dtype === 'bytes') return data.values[0] ?? null;
  if (data.dtype === 'object') return array;
  return {
    kind: 'scalar',
    dtype: data.dtype,
    value: elementAt(data, 0) as NumpyScalar['value'],
  };
}
