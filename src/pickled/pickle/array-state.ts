/** The state of a pickled ndarray: (version, shape, dtype, Fortran order, data). */
import { makeInstance } from '../call-global.ts';
import { checkShape, decodeArray } from '../numpy/decode-array.ts';
import { elementCount } from '../numpy/dtype.ts';
import { isPickled, type PickledObjectArray, type PickledValue } from '../pickled-value.ts';
import type { PickleMachine } from './pickle-machine.ts';

/** Reads the state; the first item, a version, may be missing. @throws MODEL_FILE_INVALID */
export function readArrayState(state: PickledValue, machine: PickleMachine): PickledValue {
  const items = isPickled(state, 'tuple') ? state.items : [];
  const [shapeItem, dtype, order, data] = items.length === 4 ? items : items.slice(1);
  const shape = readShape(shapeItem, machine);
  // A dtype that is defined elsewhere (StringDType, ml_dtypes) leaves the array a record.
  if (!isPickled(dtype, 'dtype')) return { ...makeInstance('numpy.ndarray'), state };
  const fortranOrder = order === true || (typeof order === 'bigint' && order !== 0n);
  if (isPickled(data, 'list')) return objectArray(shape, data.items, machine);
  const bytes = typeof data === 'string' ? latin1(data, machine) : data;
  if (!(bytes instanceof Uint8Array)) throw machine.fail('the data of an array are not bytes');
  const where = machine.reader.where();
  return decodeArray({ dtype, shape, fortranOrder, bytes, where }, machine.budget);
}

/** A shape is a tuple of integers. @throws MODEL_FILE_INVALID */
export function readShape(
  value: PickledValue | undefined,
  machine: PickleMachine,
): readonly number[] {
  if (!isPickled(value, 'tuple')) throw machine.fail('the shape of an array is not a tuple');
  const shape = value.items.map((extent) => (typeof extent === 'bigint' ? Number(extent) : -1));
  checkShape(shape, machine.reader.where());
  return shape;
}

/** Data of Python 2 arrays in text form. */
function latin1(text: string, machine: PickleMachine): Uint8Array {
  machine.budget.take(text.length, machine.where);
  return Buffer.from(text, 'latin1');
}

/** NumPy lists objects in C order, whatever the array's own. */
function objectArray(
  shape: readonly number[],
  items: readonly PickledValue[],
  machine: PickleMachine,
): PickledObjectArray {
  if (items.length !== elementCount(shape)) {
    throw machine.fail('an array has another number of items than its shape needs');
  }
  return { kind: 'objects', shape, items };
}
