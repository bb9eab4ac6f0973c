import type { Budget } from '../budget.ts';
import { invalidFile } from '../invalid-file.ts';
import type { PickledValue } from '../pickled-value.ts';
import type { ByteReader } from './byte-reader.ts';
import { constantOpcodes } from './constant-opcodes.ts';
import { containerOpcodes } from './container-opcodes.ts';
import { memoOpcodes } from './memo-opcodes.ts';
import { objectOpcodes } from './object-opcodes.ts';
import { PickleMachine } from './pickle-machine.ts';

/** What an opcode does to the machine. */
export type Opcode = (machine: PickleMachine) => void;

const stop = 0x2e;
const nestingLimit = 8;

const opcodes: readonly (Opcode | undefined)[] = tableOf([
  ...constantOpcodes,
  ...containerOpcodes,
  ...memoOpcodes,
  ...objectOpcodes,
]);

function tableOf(entries: readonly (readonly [number | string, Opcode])[]): (Opcode | undefined)[] {
  const table = Array.from<Opcode | undefined>({ length: 256 });
  for (const [code, run] of entries) {
    table[typeof code === 'number' ? code : code.charCodeAt(0)] = run;
  }
  return table;
}

/**
 * Runs one pickle up to its STOP.
 *
 * @param nesting how many pickles it stands in: joblib writes arrays of objects as pickles of their own
 * @throws MODEL_FILE_INVALID
 */
export function runPickle(reader: ByteReader, budget: Budget, nesting: number): PickledValue {
  if (nesting > nestingLimit) throw invalidFile('pickles in pickles', reader.where());
  const machine = new PickleMachine(reader, budget, () => runPickle(reader, budget, nesting + 1));
  for (let code = reader.uint8(); code !== stop; code = reader.uint8()) {
    const run = opcodes[code];
    if (run === undefined) {
      throw invalidFile(
        `the opcode 0x${code.toString(16)}, which is unknown or refused`,
        reader.where(),
      );
    }
    run(machine);
  }
  return machine.pop();
}
