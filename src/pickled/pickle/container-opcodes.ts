/** Opcodes of lists, tuples, dicts and sets. */
import type { PickledValue } from '../pickled-value.ts';
import { addItems, appendItems, setEntries } from './fill-record.ts';
import type { PickleMachine } from './pickle-machine.ts';
import type { Opcode } from './run-pickle.ts';

/** Opcode → what it does. */
export const containerOpcodes: readonly (readonly [number | string, Opcode])[] = [
  [']', (m) => m.pushSequence('list', [])],
  ['l', (m) => m.pushSequence('list', m.popMark())],
  ['a', (m) => appendTo(m, [m.pop()])],
  ['e', (m) => appendTo(m, m.popMark())],
  [')', (m) => m.pushSequence('tuple', [])],
  ['t', (m) => m.pushSequence('tuple', m.popMark())],
  [0x85, (m) => pushTuple(m, 1)],
  [0x86, (m) => pushTuple(m, 2)],
  [0x87, (m) => pushTuple(m, 3)],
  ['}', (m) => pushDict(m, [])],
  ['d', (m) => pushDict(m, m.popMark())],
  ['s', (m) => setItem(m)],
  ['u', (m) => setOn(m, m.popMark())],
  [0x8f, (m) => m.pushSequence('set', [])],
  [0x90, addToSet],
  [0x91, (m) => m.pushSequence('frozenset', m.popMark())],
];

function pushTuple(machine: PickleMachine, length: number): void {
  const items: PickledValue[] = [];
  for (let index = length - 1; index >= 0; index -= 1) items[index] = machine.pop();
  machine.pushSequence('tuple', items);
}

function pushDict(machine: PickleMachine, flat: readonly PickledValue[]): void {
  const entries = new Map<PickledValue, PickledValue>();
  machine.pushRecord({ kind: 'dict', className: 'builtins.dict', entries });
  setOn(machine, flat);
}

function setItem(machine: PickleMachine): void {
  const value = machine.pop();
  setOn(machine, [machine.pop(), value]);
}

function setOn(machine: PickleMachine, flat: readonly PickledValue[]): void {
  setEntries(machine.top(), flat, machine);
}

function appendTo(machine: PickleMachine, items: readonly PickledValue[]): void {
  appendItems(machine.top(), items, machine);
}

function addToSet(machine: PickleMachine): void {
  const items = machine.popMark();
  addItems(machine.top(), items, machine);
}
