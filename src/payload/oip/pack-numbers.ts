/**
 * Elements of `data` → a vector of the datatype. Stricter than `numpy.array(data, dtype)`, which MLServer calls and which
 * cuts off fractions and reads texts: what would change a value is refused.
 */
import type { Vector } from '../../data/vector.ts';
import { roundToHalf } from '../cast/round-float.ts';
import type { NumericDatatype } from './datatypes.ts';
import { invalidInput } from './oip-error.ts';

type Leaves = readonly unknown[];

/** Packs the elements; null is NaN in floats. @throws INVALID_INPUT naming the element */
export function packNumbers(leaves: Leaves, datatype: NumericDatatype, name: string): Vector {
  switch (datatype) {
    case 'FP64':
      return {
        dtype: 'float64',
        values: packFloats(new Float64Array(leaves.length), leaves, name),
      };
    case 'FP32':
      return {
        dtype: 'float32',
        values: packFloats(new Float32Array(leaves.length), leaves, name),
      };
    case 'FP16':
      return { dtype: 'float16', values: packHalves(leaves, name) };
    case 'BOOL':
      return { dtype: 'bool', values: packBooleans(leaves, name) };
    case 'INT64':
      return { dtype: 'int64', values: packLong(new BigInt64Array(leaves.length), leaves, name) };
    case 'UINT64':
      return { dtype: 'uint64', values: packLong(new BigUint64Array(leaves.length), leaves, name) };
    default:
      return packSmall(leaves, datatype, name);
  }
}

type SmallDatatype = 'INT8' | 'INT16' | 'INT32' | 'UINT8' | 'UINT16' | 'UINT32';

function packSmall(leaves: Leaves, datatype: SmallDatatype, name: string): Vector {
  const size = leaves.length;
  switch (datatype) {
    case 'INT8':
      return { dtype: 'int8', values: packIntegers(new Int8Array(size), leaves, name) };
    case 'INT16':
      return { dtype: 'int16', values: packIntegers(new Int16Array(size), leaves, name) };
    case 'INT32':
      return { dtype: 'int32', values: packIntegers(new Int32Array(size), leaves, name) };
    case 'UINT8':
      return { dtype: 'uint8', values: packIntegers(new Uint8Array(size), leaves, name) };
    case 'UINT16':
      return { dtype: 'uint16', values: packIntegers(new Uint16Array(size), leaves, name) };
    case 'UINT32':
      return { dtype: 'uint32', values: packIntegers(new Uint32Array(size), leaves, name) };
  }
}

function packFloats<T extends Float32Array | Float64Array>(
  into: T,
  leaves: Leaves,
  name: string,
): T {
  for (let at = 0; at < leaves.length; at += 1) {
    const leaf = leaves[at];
    into[at] = typeof leaf === 'number' ? leaf : floatOf(leaf, at, name);
  }
  return into;
}

function packHalves(leaves: Leaves, name: string): Float32Array {
  const exact = packFloats(new Float64Array(leaves.length), leaves, name);
  return Float32Array.from(exact, roundToHalf);
}

function floatOf(leaf: unknown, at: number, name: string): number {
  if (leaf === null) return Number.NaN;
  if (typeof leaf === 'bigint') return Number(leaf);
  throw invalidInput(name, `wants numbers; element ${at} is ${kindOf(leaf)}.`);
}

type SmallIntegers = Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | Uint32Array;

/** A value that the array cannot hold comes out of it changed. */
function packIntegers<T extends SmallIntegers>(into: T, leaves: Leaves, name: string): T {
  for (let at = 0; at < leaves.length; at += 1) {
    const leaf = leaves[at];
    const value = typeof leaf === 'bigint' ? Number(leaf) : leaf;
    if (typeof value !== 'number') throw notInteger(leaf, at, name);
    into[at] = value;
    if (into[at] !== value) throw notInteger(leaf, at, name);
  }
  return into;
}

function packLong<T extends BigInt64Array | BigUint64Array>(
  into: T,
  leaves: Leaves,
  name: string,
): T {
  for (let at = 0; at < leaves.length; at += 1) {
    const leaf = leaves[at];
    if (typeof leaf !== 'bigint' && !Number.isInteger(leaf)) throw notInteger(leaf, at, name);
    const value = BigInt(leaf as number | bigint);
    into[at] = value;
    if (into[at] !== value) throw notInteger(leaf, at, name);
  }
  return into;
}

function packBooleans(leaves: Leaves, name: string): Uint8Array {
  const into = new Uint8Array(leaves.length);
  for (let at = 0; at < leaves.length; at += 1) {
    const leaf = leaves[at];
    if (leaf === true || leaf === 1 || leaf === 1n) into[at] = 1;
    else if (leaf !== false && leaf !== 0 && leaf !== 0n) {
      throw invalidInput(name, `wants true and false; element ${at} is ${kindOf(leaf)}.`);
    }
  }
  return into;
}

function notInteger(leaf: unknown, at: number, name: string): Error {
  const isNumber = typeof leaf === 'number' || typeof leaf === 'bigint';
  const kind = isNumber ? 'a number that its datatype does not hold' : kindOf(leaf);
  return invalidInput(name, `wants integers; element ${at} is ${kind}.`);
}

/** What an element is, without repeating it. */
export function kindOf(leaf: unknown): string {
  if (leaf === null) return 'null';
  if (Array.isArray(leaf)) return 'a list';
  switch (typeof leaf) {
    case 'string':
      return 'a text';
    case 'boolean':
      return 'a boolean';
    case 'number':
    case 'bigint':
      return 'a number';
    default:
      return 'an object';
  }
}
