/** The state of a pickled dtype: (version, byte order, subarray, names, fields, size, alignment, flags[, metadata]). */
import { elementCount, structuredDtype, subarrayDtype } from '../numpy/dtype.ts';
import {
  isPickled,
  type PickledDtype,
  type PickledField,
  type PickledSequence,
  type PickledValue,
} from '../pickled-value.ts';
import { readShape } from './array-state.ts';
import type { PickleMachine } from './pickle-machine.ts';

const sizeLimit = 2 ** 31;

/** The dtype that `dtype`, made from its text, becomes. @throws MODEL_FILE_INVALID */
export function readDtypeState(
  dtype: PickledDtype,
  state: PickledValue,
  machine: PickleMachine,
): PickledDtype {
  if (!isPickled(state, 'tuple')) throw machine.fail('the state of a dtype is not a tuple');
  const [, order, subarray, names, fields, size] = state.items;
  if (isPickled(subarray, 'tuple')) return readSubarray(subarray, machine);
  if (isPickled(names, 'tuple')) return readFields(names, fields, dtype, size, machine);
  const unit = readUnit(state.items[8]);
  const ordered = { ...dtype, bigEndian: order === '>' };
  return unit === undefined ? ordered : { ...ordered, unit };
}

function readSubarray(subarray: PickledSequence, machine: PickleMachine): PickledDtype {
  const [element, shape] = subarray.items;
  if (!isPickled(element, 'dtype')) throw machine.fail('a subarray has no dtype');
  // A single extent is written as an integer.
  const extents = typeof shape === 'bigint' ? { kind: 'tuple' as const, items: [shape] } : shape;
  const extentList = readShape(extents, machine);
  if (!(element.itemSizeBytes * elementCount(extentList) < sizeLimit)) {
    throw machine.fail('a dtype of an impossible size');
  }
  return subarrayDtype(element, extentList);
}

function readFields(
  names: PickledSequence,
  fields: PickledValue | undefined,
  dtype: PickledDtype,
  size: PickledValue | undefined,
  machine: PickleMachine,
): PickledDtype {
  const found = new Map<string, PickledField>();
  for (const name of names.items) {
    const field = isPickled(fields, 'dict') ? fields.entries.get(name) : undefined;
    const [element, offset] = isPickled(field, 'tuple') ? field.items : [];
    if (typeof name !== 'string' || !isPickled(element, 'dtype') || typeof offset !== 'bigint') {
      throw machine.fail('a field of a dtype is damaged');
    }
    found.set(name, { dtype: element, offsetBytes: Number(offset) });
  }
  const itemSizeBytes = typeof size === 'bigint' && size >= 0n ? Number(size) : dtype.itemSizeBytes;
  const sound = [...found.values()].every((field) => field.offsetBytes >= 0);
  if (!sound || !(itemSizeBytes < sizeLimit)) throw machine.fail('a dtype of an impossible size');
  return structuredDtype(found, itemSizeBytes);
}

/** Metadata of datetimes: (metadata, (unit, count, 1, 1)). */
function readUnit(metadata: PickledValue | undefined): string | undefined {
  const [, unit] = isPickled(metadata, 'tuple') ? metadata.items : [];
  const [name, count] = isPickled(unit, 'tuple') ? unit.items : [];
  const text = name instanceof Uint8Array ? Buffer.from(name).toString('latin1') : name;
  if (typeof text !== 'string' || typeof count !== 'bigint' || text === 'generic') return undefined;
  return count === 1n ? text : `${count}${text}`;
}
