/** What a model file says before anything is known about it, and how its parts are taken out with a check. */
import { type ErrorDetails, type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';

/** Numbers of a typed UBJSON array, or of a JSON array that holds nothing else. */
type NumberArray = Float32Array | Float64Array | Int32Array | Uint8Array | readonly number[];

/** A value of UBJSON or JSON. Floats of JSON are rounded to float32; integers are exact up to 2^53. */
export type ForeignValue =
  | null
  | boolean
  | number
  | string
  | NumberArray
  | readonly ForeignValue[]
  | ForeignMap;

/** An object of the file. */
export type ForeignMap = ReadonlyMap<string, ForeignValue>;

/** Deepest nesting that a reader follows; XGBoost's own files stay below 12. */
export const maxNesting: number = 64;

/** The error for a file that is not what XGBoost writes. */
export function invalidModelFile(reason: string, more: ErrorDetails = {}): SlipwayError {
  return slipwayError('MODEL_FILE_INVALID', `The XGBoost model file is damaged: ${reason}.`, {
    details: { reason, ...more },
  });
}

/** Member `key` of an object. @throws MODEL_FILE_INVALID */
export function member(map: ForeignMap, key: string): ForeignValue {
  const value = map.get(key);
  if (value === undefined) throw invalidModelFile(`"${key}" is missing`);
  return value;
}

/** Object member. @throws MODEL_FILE_INVALID */
export function mapAt(map: ForeignMap, key: string): ForeignMap {
  return asMap(member(map, key), key);
}

/** The value as an object. @throws MODEL_FILE_INVALID */
export function asMap(value: ForeignValue, what: string): ForeignMap {
  if (value instanceof Map) return value;
  throw invalidModelFile(`"${what}" is not an object`);
}

/** String member. @throws MODEL_FILE_INVALID */
export function textAt(map: ForeignMap, key: string): string {
  const value = member(map, key);
  if (typeof value === 'string') return value;
  throw invalidModelFile(`"${key}" is not a string`);
}

/** Member that is an integer in a string, as XGBoost writes its parameters; `fallback` when absent. @throws MODEL_FILE_INVALID */
export function integerTextAt(map: ForeignMap, key: string, fallback?: number): number {
  if (fallback !== undefined && !map.has(key)) return fallback;
  const text = textAt(map, key);
  const value = /^\s*[+-]?\d{1,15}\s*$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isInteger(value)) return value;
  throw invalidModelFile(`"${key}" is not an integer`);
}

/** Array member. @throws MODEL_FILE_INVALID */
export function listAt(map: ForeignMap, key: string): ArrayLike<ForeignValue> {
  const value = member(map, key);
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return value as ArrayLike<ForeignValue>;
  throw invalidModelFile(`"${key}" is not an array`);
}

/** Array of strings. @throws MODEL_FILE_INVALID */
export function textsAt(map: ForeignMap, key: string): readonly string[] {
  return Array.from(listAt(map, key), (value) => {
    if (typeof value === 'string') return value;
    throw invalidModelFile(`"${key}" holds something else than strings`);
  });
}

/** Array of numbers as float32. @throws MODEL_FILE_INVALID */
export function floatsAt(map: ForeignMap, key: string): Float32Array {
  const list = listAt(map, key);
  if (list instanceof Float32Array) return list;
  return Float32Array.from(list, (value) => {
    if (typeof value === 'number') return value;
    throw invalidModelFile(`"${key}" holds something else than numbers`);
  });
}

/** Array of integers that fit 32 bits. @throws MODEL_FILE_INVALID */
export function integersAt(map: ForeignMap, key: string): Int32Array {
  const list = listAt(map, key);
  if (list instanceof Int32Array) return list;
  return Int32Array.from(list, (value) => {
    if (typeof value === 'number' && (value | 0) === value) return value;
    throw invalidModelFile(`"${key}" holds something else than 32-bit integers`);
  });
}

/** Array of booleans, which files also write as 0 and 1. @throws MODEL_FILE_INVALID */
export function flagsAt(map: ForeignMap, key: string): Uint8Array {
  const list = listAt(map, key);
  if (list instanceof Uint8Array) return list.map((value) => (value === 1 ? 1 : 0));
  return Uint8Array.from(list, (value) => {
    if (typeof value === 'boolean' || typeof value === 'number')
      return value === true || value === 1 ? 1 : 0;
    throw invalidModelFile(`"${key}" holds something else than booleans`);
  });
}
