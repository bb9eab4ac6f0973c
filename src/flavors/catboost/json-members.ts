/** Parts of a JSON file, taken out with a check. */
import { invalidModelFile } from './model-error.ts';
import type { JsonObject, JsonValue } from './read-json.ts';

/** The value as an object. @throws MODEL_FILE_INVALID */
export function asObject(value: JsonValue | undefined, what: string): JsonObject {
  if (typeof value === 'object' && value !== null && 'members' in value) return value;
  throw invalidModelFile(`${what} is not an object`);
}

/** Object member. @throws MODEL_FILE_INVALID */
export function objectAt(object: JsonObject, key: string): JsonObject {
  return asObject(object.members.get(key), `"${key}"`);
}

/** Array member; CatBoost writes an empty one as null or not at all. @throws MODEL_FILE_INVALID */
export function listAt(object: JsonObject, key: string): readonly JsonValue[] {
  const value = object.members.get(key) ?? [];
  if (Array.isArray(value)) return value as readonly JsonValue[];
  throw invalidModelFile(`"${key}" is not an array`);
}

/** Number member. @throws MODEL_FILE_INVALID */
export function numberAt(object: JsonObject, key: string): number {
  const value = object.members.get(key);
  if (typeof value === 'number') return value;
  throw invalidModelFile(`"${key}" is not a number`);
}

/** Member that is an integer of 32 bits. @throws MODEL_FILE_INVALID */
export function integerAt(object: JsonObject, key: string): number {
  const value = numberAt(object, key);
  if ((value | 0) === value) return value;
  throw invalidModelFile(`"${key}" is not a 32-bit integer`);
}

/** String member; `fallback` where it is absent. @throws MODEL_FILE_INVALID */
export function textAt(object: JsonObject, key: string, fallback?: string): string {
  const value = object.members.get(key) ?? fallback;
  if (typeof value === 'string') return value;
  throw invalidModelFile(`"${key}" is not a string`);
}

/** Array of numbers. @throws MODEL_FILE_INVALID */
export function numbersAt(object: JsonObject, key: string): readonly number[] {
  return listAt(object, key).map((value) => {
    if (typeof value === 'number') return value;
    throw invalidModelFile(`"${key}" holds something else than numbers`);
  });
}

/** Array of objects. @throws MODEL_FILE_INVALID */
export function objectsAt(object: JsonObject, key: string): readonly JsonObject[] {
  return listAt(object, key).map((value) => asObject(value, `an item of "${key}"`));
}
