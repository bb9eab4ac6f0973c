/** Opcodes that refer to, call and instantiate Python objects: each gives a record. */
import { isPickled, type PickledValue } from '../pickled-value.ts';
import { invoke } from './invoke.ts';
import { readGlobalName } from './global-names.ts';
import { setState } from './fill-record.ts';
import type { PickleMachine } from './pickle-machine.ts';
import type { Opcode } from './run-pickle.ts';

/** Opcode → what it does. */
export const objectOpcodes: readonly (readonly [number | string, Opcode])[] = [
  ['c', (m) => pushGlobal(m, globalLines(m))],
  [0x93, stackGlobal],
  ['R', (m) => reduce(m)],
  [0x81, (m) => reduce(m)],
  [0x92, newObjectWithKeywords],
  ['b', build],
  ['i', instLines],
  ['o', objOnStack],
  [0x82, refuseExtension],
  [0x83, refuseExtension],
  [0x84, refuseExtension],
];

function globalLines(machine: PickleMachine): string {
  const module = machine.reader.line().toString('utf8');
  return readGlobalName(module, machine.reader.line().toString('utf8'), machine.protocol);
}

function pushGlobal(machine: PickleMachine, name: string): void {
  machine.pushRecord({ kind: 'global', name });
}

function stackGlobal(machine: PickleMachine): void {
  const name = machine.pop();
  const module = machine.pop();
  if (typeof name !== 'string' || typeof module !== 'string') {
    throw machine.fail('the name of a global is not a text');
  }
  pushGlobal(machine, readGlobalName(module, name, machine.protocol));
}

/** REDUCE calls and NEWOBJ instantiates; a record says the same of both. */
function reduce(machine: PickleMachine): void {
  const args = machine.popTuple();
  machine.pushRecord(invoke(machine.pop(), args, machine));
}

function newObjectWithKeywords(machine: PickleMachine): void {
  const keywords = machine.pop();
  const args = machine.popTuple();
  if (!isPickled(keywords, 'dict')) throw machine.fail('keyword arguments are not a dict');
  const made = invoke(machine.pop(), args, machine);
  const plain = keywords.entries.size === 0 || !isPickled(made, 'instance');
  machine.pushRecord(plain ? made : { ...made, keywords: keywords.entries });
}

function instLines(machine: PickleMachine): void {
  const name = globalLines(machine);
  machine.pushRecord(invoke({ kind: 'global', name }, machine.popMark(), machine));
}

function objOnStack(machine: PickleMachine): void {
  const [callee, ...args] = machine.popMark();
  if (callee === undefined) throw machine.fail('a class is missing');
  machine.pushRecord(invoke(callee, args, machine));
}

function build(machine: PickleMachine): void {
  const state = machine.pop();
  const target: PickledValue = machine.top();
  const builder = machine.builders.get(target);
  if (builder === undefined) return setState(target, state, machine);
  machine.builders.delete(target);
  builder(state, machine);
}

function refuseExtension(machine: PickleMachine): never {
  throw machine.fail('an extension code, whose meaning only the program that wrote it knows');
}
