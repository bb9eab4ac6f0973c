/**
 * A JSON document by the runtime's own parser, which is several times as quick as the exact one, or by the exact one
 * where the quick one refuses (NaN, UTF-16, a byte order mark, lone surrogates) or would lose digits.
 */
import { decodePlainUtf8 } from '../json/decode-json-text.ts';

/** Parses quickly; undefined when the exact parser must decide. Integers are numbers, rounded beyond 2^53. */
export function parseQuickly(body: Uint8Array): unknown {
  const text = decodePlainUtf8(body);
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** True for an object of either parser. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member of an object of either parser; undefined when it is not there. */
export function memberOf(object: object, key: string): unknown {
  if (object instanceof Map) return object.get(key);
  return Object.hasOwn(object, key)
    ? (object as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

/** Names of the members. */
export function keysOf(object: object): readonly string[] {
  return object instanceof Map
    ? [...(object as ReadonlyMap<string, unknown>).keys()]
    : Object.keys(object);
}

/** True where a list, or one inside it, holds an integer whose digits the quick parser may have lost. */
export function holdsRoundedInteger(data: unknown): boolean {
  if (!Array.isArray(data)) return typeof data === 'number' && isRounded(data);
  for (const item of data as readonly unknown[]) {
    if (
      typeof item === 'number' ? isRounded(item) : Array.isArray(item) && holdsRoundedInteger(item)
    ) {
      return true;
    }
  }
  return false;
}

function isRounded(value: number): boolean {
  return value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER;
}
