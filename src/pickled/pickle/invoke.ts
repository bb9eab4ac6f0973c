/** Calls in a pickle: those whose result is a plain value are worked out, any other is recorded. */
import { callGlobal, makeInstance } from '../call-global.ts';
import { isPickled, type PickledValue } from '../pickled-value.ts';
import { setState } from './fill-record.ts';
import { joblibCalls } from './joblib-arrays.ts';
import { numpyCalls } from './numpy-calls.ts';
import type { PickleMachine } from './pickle-machine.ts';

/** Works out a call; undefined: there is nothing special about these arguments. */
export type Call = (
  args: readonly PickledValue[],
  machine: PickleMachine,
) => PickledValue | undefined;

const calls: ReadonlyMap<string, Call> = new Map<string, Call>([
  ['copyreg._reconstructor', reconstruct],
  ['copyreg.__newobj__', ([callee, ...args], m) => invokeIf(callee, args, m)],
  ['copyreg.__newobj_ex__', newObject],
  ['_codecs.encode', encodeLatin1],
  ['builtins.bytes', makeBytes],
  ['builtins.bytearray', makeBytes],
  ['cloudpickle.cloudpickle._function_setstate', applyState],
  ['cloudpickle.cloudpickle._class_setstate', applyState],
  ...numpyCalls,
  ...joblibCalls,
]);

const cythonUnpickler = /\.__pyx_unpickle_\w+$/;
/** scikit-learn's own `newObj(class)`. Source: scikit-learn 1.9 sklearn/metrics/_dist_metrics.pyx.tp. */
const sklearnNewObject = /^sklearn\..*\.newObj$/;

/** The value or the record of `callee(*args)`. @throws MODEL_FILE_INVALID */
export function invoke(
  callee: PickledValue,
  args: readonly PickledValue[],
  machine: PickleMachine,
): PickledValue {
  if (!isPickled(callee, 'global')) return makeInstance('__call__', [callee, ...args]);
  const special = calls.get(callee.name)?.(args, machine);
  if (special !== undefined) return special;
  if (cythonUnpickler.test(callee.name)) return cythonInstance(callee.name, args);
  if (sklearnNewObject.test(callee.name)) return invokeIf(args[0], [], machine) ?? null;
  return callGlobal(callee.name, args);
}

function invokeIf(
  callee: PickledValue | undefined,
  args: readonly PickledValue[],
  machine: PickleMachine,
): PickledValue | undefined {
  return isPickled(callee, 'global') ? invoke(callee, args, machine) : undefined;
}

/** Protocols 0 and 1 instantiate so: a class, the built-in class beneath it, and its value. */
function reconstruct(
  args: readonly PickledValue[],
  machine: PickleMachine,
): PickledValue | undefined {
  const [callee, base, value] = args;
  const plain = isPickled(base, 'global') && base.name === 'builtins.object';
  return invokeIf(callee, plain || value === undefined ? [] : [value], machine);
}

function newObject(
  args: readonly PickledValue[],
  machine: PickleMachine,
): PickledValue | undefined {
  const [callee, positional, keywords] = args;
  if (!isPickled(positional, 'tuple') || !isPickled(keywords, 'dict')) return undefined;
  const made = invokeIf(callee, positional.items, machine);
  return isPickled(made, 'instance') ? { ...made, keywords: keywords.entries } : made;
}

/** How bytes are written in protocols 0 to 2. */
function encodeLatin1(
  args: readonly PickledValue[],
  machine: PickleMachine,
): PickledValue | undefined {
  const [text, encoding] = args;
  if (typeof text !== 'string' || (encoding !== 'latin1' && encoding !== 'latin-1'))
    return undefined;
  machine.budget.take(text.length, machine.where);
  // oxlint-disable-next-line no-control-regex -- the range of Latin-1
  if (!/^[\u0000-\u00ff]*$/.test(text)) throw machine.fail('bytes beyond Latin-1');
  return Buffer.from(text, 'latin1');
}

function makeBytes(
  args: readonly PickledValue[],
  machine: PickleMachine,
): PickledValue | undefined {
  if (args.length === 0) return new Uint8Array(0);
  if (args.length === 1 && args[0] instanceof Uint8Array) return args[0];
  return encodeLatin1(args, machine);
}

/** cloudpickle gives a function or class its state in a call of its own. */
function applyState(
  args: readonly PickledValue[],
  machine: PickleMachine,
): PickledValue | undefined {
  const [target, state] = args;
  if (!isPickled(target, 'instance') || state === undefined) return undefined;
  setState(target, state, machine);
  return null;
}

/** Cython's extension classes: (class, checksum, state), where the state is also what skops keeps as arguments. */
function cythonInstance(name: string, args: readonly PickledValue[]): PickledValue {
  const [callee, , state] = args;
  if (!isPickled(callee, 'global')) return makeInstance(name, args);
  return makeInstance(callee.name, isPickled(state, 'tuple') ? state.items : []);
}
