/** Opcodes that push a number, a text or bytes. */
import { decodeEscapes, decodeRawUnicode } from './decode-escapes.ts';
import { readDecimal, readFloatText } from './read-decimal.ts';
import type { PickleMachine } from './pickle-machine.ts';
import type { Opcode } from './run-pickle.ts';

type Entry = readonly [number | string, Opcode];

const numbers: readonly Entry[] = [
  ['N', (m) => m.push(null)],
  [0x88, (m) => m.push(true)],
  [0x89, (m) => m.push(false)],
  ['I', pushIntegerLine],
  ['J', (m) => m.push(BigInt(m.reader.int32()))],
  ['K', (m) => m.push(BigInt(m.reader.uint8()))],
  ['M', (m) => m.push(BigInt(m.reader.uint16()))],
  ['L', (m) => m.push(readDecimal(asciiLine(m).replace(/L$/, ''), m))],
  [0x8a, (m) => m.push(m.reader.integer(m.reader.uint8()))],
  [0x8b, (m) => m.push(m.reader.integer(m.reader.uint32()))],
  ['F', (m) => m.push(readFloatText(asciiLine(m), m))],
  ['G', (m) => m.push(m.reader.float64())],
];

const texts: readonly Entry[] = [
  ['S', pushStringLine],
  ['T', (m) => m.push(asciiText(m.reader.take(m.reader.uint32()), m))],
  ['U', (m) => m.push(asciiText(m.reader.take(m.reader.uint8()), m))],
  ['V', (m) => m.push(decodeRawUnicode(m.reader.line().toString('latin1'), m))],
  ['X', (m) => m.push(m.reader.text(m.reader.uint32()))],
  [0x8c, (m) => m.push(m.reader.text(m.reader.uint8()))],
  [0x8d, (m) => m.push(m.reader.text(m.reader.uint64()))],
  ['B', (m) => m.push(m.reader.take(m.reader.uint32()))],
  ['C', (m) => m.push(m.reader.take(m.reader.uint8()))],
  [0x8e, (m) => m.push(m.reader.take(m.reader.uint64()))],
  [0x96, (m) => m.push(m.reader.take(m.reader.uint64()))],
];

/** Opcode → what it does. */
export const constantOpcodes: readonly Entry[] = [...numbers, ...texts];

function asciiLine(machine: PickleMachine): string {
  return machine.reader.line().toString('latin1');
}

/** `I01` and `I00` are True and False. */
function pushIntegerLine(machine: PickleMachine): void {
  const text = asciiLine(machine);
  machine.push(text === '01' ? true : text === '00' ? false : readDecimal(text, machine));
}

/** A Python 2 string: quoted, with escapes. */
function pushStringLine(machine: PickleMachine): void {
  const match = /^(['"])(.*)\1$/s.exec(asciiLine(machine).trim());
  if (match === null) throw machine.fail('a string is not in quotes');
  machine.push(asciiText(Buffer.from(decodeEscapes(match[2] ?? '', machine), 'latin1'), machine));
}

/** Python 3 reads the strings of Python 2 as ASCII, unless it is told otherwise. */
function asciiText(bytes: Buffer, machine: PickleMachine): string {
  if (bytes.some((byte) => byte > 0x7f)) throw machine.fail('a Python 2 string is not ASCII');
  return bytes.toString('latin1');
}
