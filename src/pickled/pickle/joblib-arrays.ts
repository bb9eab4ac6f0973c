/** Arrays that joblib writes into the stream after a wrapper, outside of the pickle's own data. Source: joblib 1.6 numpy_pickle.py. */
import { makeInstance } from '../call-global.ts';
import { checkShape, decodeArray } from '../numpy/decode-array.ts';
import { elementCount, holdsObjects } from '../numpy/dtype.ts';
import { isPickled, type PickledEntries, type PickledValue } from '../pickled-value.ts';
import { readShape } from './array-state.ts';
import { become } from './fill-record.ts';
import type { Call } from './invoke.ts';
import type { PickleMachine } from './pickle-machine.ts';

/** Class → what instantiating it gives. */
export const joblibCalls: readonly (readonly [string, Call])[] = [
  ['joblib.numpy_pickle.NumpyArrayWrapper', beginArray],
];

/** The state of the wrapper describes the array, whose bytes follow at once. */
function beginArray(_: readonly PickledValue[], machine: PickleMachine): PickledValue {
  const record = makeInstance('joblib.numpy_pickle.NumpyArrayWrapper');
  machine.builders.set(record, (state) => {
    if (!isPickled(state, 'dict')) throw machine.fail('an array of joblib is not described');
    become(record, readInline(state.entries, machine));
  });
  return record;
}

function readInline(wrapper: PickledEntries, machine: PickleMachine): PickledValue {
  const dtype = wrapper.get('dtype');
  if (!isPickled(dtype, 'dtype')) throw machine.fail('an array of joblib has no dtype');
  if (holdsObjects(dtype)) return machine.readNested();
  const shape = readShape(wrapper.get('shape'), machine);
  const alignment = wrapper.get('numpy_array_alignment_bytes') ?? null;
  if (alignment !== null) machine.reader.take(machine.reader.uint8());
  const where = machine.reader.where();
  checkShape(shape, where);
  const bytes = machine.reader.take(elementCount(shape) * dtype.itemSizeBytes);
  const fortranOrder = wrapper.get('order') === 'F';
  return decodeArray({ dtype, shape, fortranOrder, bytes, where }, machine.budget);
}
