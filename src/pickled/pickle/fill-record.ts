/** What changes a record after it has been made: items, entries and state. The only place that does. */
import {
  isPickled,
  type PickledEntries,
  type PickledInstance,
  type PickledValue,
} from '../pickled-value.ts';
import type { PickleMachine } from './pickle-machine.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type MutableEntries = Map<PickledValue, PickledValue>;

const entryBytes = 32;
/** A Map of this engine holds no more. */
const mostEntries = 2 ** 24 - 1;

/** Appends to a list, or to an instance of a subclass of list. @throws MODEL_FILE_INVALID */
export function appendItems(
  target: PickledValue,
  items: readonly PickledValue[],
  machine: PickleMachine,
): void {
  if (isPickled(target, 'list')) return pushAll(target.items as PickledValue[], items);
  if (!isPickled(target, 'instance')) throw machine.fail('items are appended to what is no list');
  const instance = target as Mutable<PickledInstance>;
  instance.items ??= [];
  pushAll(instance.items as PickledValue[], items);
}

/** Adds to a set. @throws MODEL_FILE_INVALID */
export function addItems(
  target: PickledValue,
  items: readonly PickledValue[],
  machine: PickleMachine,
): void {
  if (!isPickled(target, 'set')) throw machine.fail('items are added to what is no set');
  pushAll(target.items as PickledValue[], items);
}

function pushAll(list: PickledValue[], items: readonly PickledValue[]): void {
  for (const item of items) list.push(item);
}

/** Sets keys and values, which alternate, on a dict or on an instance of a subclass. @throws MODEL_FILE_INVALID */
export function setEntries(
  target: PickledValue,
  flat: readonly PickledValue[],
  machine: PickleMachine,
): void {
  if (flat.length % 2 !== 0) throw machine.fail('a key has no value');
  const entries = entriesOf(target);
  if (entries === undefined) throw machine.fail('entries are set on what is no dict');
  machine.budget.take(entryBytes * (flat.length / 2), machine.where);
  if (entries.size + flat.length / 2 > mostEntries) throw machine.fail('a dict is too large');
  for (let index = 0; index < flat.length; index += 2) {
    entries.set(flat[index] as PickledValue, flat[index + 1] as PickledValue);
  }
}

function entriesOf(target: PickledValue): MutableEntries | undefined {
  if (isPickled(target, 'dict')) return target.entries as MutableEntries;
  if (!isPickled(target, 'instance')) return undefined;
  const instance = target as Mutable<PickledInstance>;
  instance.entries ??= new Map();
  return instance.entries as MutableEntries;
}

/** What BUILD does to an instance of a class of which nothing is known. @throws MODEL_FILE_INVALID */
export function setState(target: PickledValue, state: PickledValue, machine: PickleMachine): void {
  // Dicts keep no attributes: that of a Bunch is empty, of an OrderedDict nobody reads.
  if (isPickled(target, 'dict')) return;
  if (!isPickled(target, 'instance')) throw machine.fail('a value of this kind has no state');
  const parts = attributeParts(state);
  if (parts === undefined) (target as Mutable<PickledInstance>).state = state;
  else for (const part of parts) addAttributes(target, part, machine);
}

/** A dict, or a tuple of a dict (or None) and a dict of slots; undefined for any other state. */
function attributeParts(state: PickledValue): readonly PickledEntries[] | undefined {
  if (isPickled(state, 'dict')) return [state.entries];
  if (!isPickled(state, 'tuple') || state.items.length !== 2) return undefined;
  const [attributes, slots] = state.items;
  if (!isPickled(slots, 'dict')) return undefined;
  if (attributes === null) return [slots.entries];
  return isPickled(attributes, 'dict') ? [attributes.entries, slots.entries] : undefined;
}

function addAttributes(
  target: Mutable<PickledInstance>,
  part: PickledEntries,
  machine: PickleMachine,
): void {
  if (target.attributes.size === 0) {
    target.attributes = part;
    return;
  }
  const size = target.attributes.size + part.size;
  if (size > mostEntries) throw machine.fail('an object has too many attributes');
  machine.budget.take(entryBytes * size, machine.where);
  target.attributes = new Map([...target.attributes, ...part]);
}

/** Makes a record that others refer to already into `value`. */
export function become(target: PickledValue, value: PickledValue): void {
  const record = target as unknown as Record<string, unknown>;
  for (const key of Object.keys(record)) delete record[key];
  Object.assign(record, value);
}
