/** Opcodes of the memo and the stack, and those that only say how the pickle is laid out. */
import type { PickleMachine } from './pickle-machine.ts';
import type { Opcode } from './run-pickle.ts';

const newestProtocol = 5;

/** Opcode → what it does. */
export const memoOpcodes: readonly (readonly [number | string, Opcode])[] = [
  [0x80, setProtocol],
  [0x95, passFrame],
  ['(', (m) => m.mark()],
  ['0', (m) => m.drop()],
  ['1', (m) => void m.popMark()],
  ['2', (m) => m.push(m.top())],
  ['p', (m) => m.remember(indexLine(m))],
  ['q', (m) => m.remember(m.reader.uint8())],
  ['r', (m) => m.remember(m.reader.uint32())],
  [0x94, (m) => m.remember(m.memoSize())],
  ['g', (m) => m.recall(indexLine(m))],
  ['h', (m) => m.recall(m.reader.uint8())],
  ['j', (m) => m.recall(m.reader.uint32())],
  ['P', refusePersistent],
  ['Q', refusePersistent],
  [0x97, refuseBuffer],
  [0x98, refuseBuffer],
];

function setProtocol(machine: PickleMachine): void {
  machine.protocol = machine.reader.uint8();
  if (machine.protocol > newestProtocol) {
    throw machine.fail(`pickle protocol ${machine.protocol}, which no Python writes yet`);
  }
}

/** Frames only help to read in pieces; their content follows as if there were none. */
function passFrame(machine: PickleMachine): void {
  machine.reader.uint64();
}

function indexLine(machine: PickleMachine): number {
  const text = machine.reader.line().toString('latin1');
  if (!/^\d{1,10}$/.test(text)) throw machine.fail('an index of the memo is not a number');
  return Number(text);
}

function refusePersistent(machine: PickleMachine): never {
  throw machine.fail('a persistent id, whose object is kept outside of the pickle');
}

function refuseBuffer(machine: PickleMachine): never {
  throw machine.fail('an out-of-band buffer, which is kept outside of the pickle');
}
