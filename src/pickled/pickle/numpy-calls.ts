/** How NumPy pickles arrays, dtypes and scalars. Source: NumPy 2.4 multiarray/methods.c, descriptor.c, scalartypes.c; ma/core.py. */
import { makeInstance } from '../call-global.ts';
import { decodeArray } from '../numpy/decode-array.ts';
import { parseDtypeText } from '../numpy/dtype.ts';
import { scalarOf } from '../numpy/scalar-of.ts';
import { isPickled, type PickledValue } from '../pickled-value.ts';
import { readArrayState, readShape } from './array-state.ts';
import { readDtypeState } from './dtype-state.ts';
import { become } from './fill-record.ts';
import type { Call } from './invoke.ts';
import type { PickleMachine } from './pickle-machine.ts';

/** The package was renamed in NumPy 2. */
function bothNames(name: string, call: Call): readonly (readonly [string, Call])[] {
  return [
    [`numpy.core.${name}`, call],
    [`numpy._core.${name}`, call],
  ];
}

/** Function → what a call of it gives. */
export const numpyCalls: readonly (readonly [string, Call])[] = [
  ...bothNames('multiarray._reconstruct', beginArray),
  ...bothNames('multiarray.scalar', makeScalar),
  ...bothNames('numeric._frombuffer', arrayFromBuffer),
  ['numpy.dtype', beginDtype],
  ['numpy.ma.core._mareconstruct', beginMasked],
];

/** `_reconstruct(class, (0,), b'b')`: an empty array, which a BUILD fills. */
function beginArray(_: readonly PickledValue[], machine: PickleMachine): PickledValue {
  const record = makeInstance('numpy.ndarray');
  machine.builders.set(record, (state) => become(record, readArrayState(state, machine)));
  return record;
}

function makeScalar(
  args: readonly PickledValue[],
  machine: PickleMachine,
): PickledValue | undefined {
  const [dtype, value] = args;
  if (!isPickled(dtype, 'dtype')) return undefined;
  if (dtype.code === 'O') return value ?? null;
  if (!(value instanceof Uint8Array)) return undefined;
  const where = machine.reader.where();
  return scalarOf(decodeArray({ dtype, shape: [], bytes: value, where }, machine.budget));
}

/** Protocol 5, with the buffer in the pickle: (buffer, dtype, shape, order). */
function arrayFromBuffer(args: readonly PickledValue[], machine: PickleMachine): PickledValue {
  const [bytes, dtype, shape, order] = args;
  if (!(bytes instanceof Uint8Array) || !isPickled(dtype, 'dtype')) {
    throw machine.fail('an array is not made of bytes and a dtype');
  }
  return decodeArray(
    {
      dtype,
      shape: readShape(shape, machine),
      fortranOrder: order === 'F',
      bytes,
      where: machine.reader.where(),
    },
    machine.budget,
  );
}

/** `dtype('f8', False, True)`: the kind and size; a BUILD adds byte order, unit and fields. */
function beginDtype(
  args: readonly PickledValue[],
  machine: PickleMachine,
): PickledValue | undefined {
  const [text] = args;
  const dtype = typeof text === 'string' ? parseDtypeText(text) : undefined;
  if (dtype === undefined) return undefined;
  const record = { ...dtype };
  machine.builders.set(record, (state) => become(record, readDtypeState(dtype, state, machine)));
  return record;
}

/** State (1, shape, dtype, Fortran order, data, mask, fill value). */
function beginMasked(_: readonly PickledValue[], machine: PickleMachine): PickledValue {
  const record = makeInstance('numpy.ma.MaskedArray');
  machine.builders.set(record, (state) => {
    const items = isPickled(state, 'tuple') ? state.items : [];
    const [version, shape, dtype, order, data, mask] = items;
    const maskDtype = parseDtypeText('b1') ?? null;
    const partOf = (of: PickledValue | undefined, bytes: PickledValue | undefined): PickledValue =>
      readArrayState(
        {
          kind: 'tuple',
          items: [version ?? null, shape ?? null, of ?? null, order ?? null, bytes ?? null],
        },
        machine,
      );
    const attributes = new Map<PickledValue, PickledValue>([
      ['data', partOf(dtype, data)],
      ['mask', partOf(maskDtype, mask)],
    ]);
    become(record, makeInstance('numpy.ma.MaskedArray', [], attributes));
  });
  return record;
}
