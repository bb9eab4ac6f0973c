/** Types of columns, elements and properties in a signature. Source: MLflow 3.17.2 types/schema.py. */
import { isPyDict, type PyDict, type PyValue } from '../data/py-value.ts';
import { signatureError } from './signature-error.ts';
import type { PropertySpec, ScalarType, ValueType } from './signature.ts';

const scalarTypes: readonly string[] = [
  'boolean',
  'integer',
  'long',
  'float',
  'double',
  'string',
  'binary',
  'datetime',
] satisfies readonly ScalarType[];

const expectedType = `one of ${scalarTypes.join(', ')}, array, object, map, any, sparkml_vector`;

/** True for the name of a scalar type. */
export function isScalarType(name: PyValue | undefined): name is ScalarType {
  return typeof name === 'string' && scalarTypes.includes(name);
}

/**
 * Reads the type that `spec` states in `type` and the keys that belong to it; other keys are ignored.
 * `where` names file and key for errors.
 * @throws SIGNATURE_INVALID
 */
export function parseValueType(spec: PyDict, where: string): ValueType {
  const name = spec.get('type');
  if (isScalarType(name)) return { kind: 'scalar', type: name };
  switch (name) {
    case 'array':
      return { kind: 'array', items: parseNested(spec, 'items', where) };
    case 'map':
      return { kind: 'map', values: parseNested(spec, 'values', where) };
    case 'object':
      return { kind: 'object', properties: parseProperties(spec.get('properties'), where) };
    case 'any':
      return { kind: 'any' };
    case 'sparkml_vector':
      return { kind: 'array', items: { kind: 'scalar', type: 'double' } };
    default:
      throw signatureError(`${where}.type`, expectedType, name);
  }
}

function parseNested(spec: PyDict, key: string, where: string): ValueType {
  const nested = spec.get(key);
  if (!isPyDict(nested)) throw signatureError(`${where}.${key}`, 'a map with a type', nested);
  return parseValueType(nested, `${where}.${key}`);
}

function parseProperties(properties: PyValue | undefined, where: string): readonly PropertySpec[] {
  if (!isPyDict(properties) || properties.size === 0) {
    throw signatureError(`${where}.properties`, 'a map with at least one property', properties);
  }
  return Array.from(properties, ([name, spec]) =>
    parseProperty(name, spec, `${where}.properties.${name}`),
  ).toSorted(byCodePoints);
}

function parseProperty(name: string, spec: PyValue, where: string): PropertySpec {
  if (!isPyDict(spec)) throw signatureError(where, 'a map with a type', spec);
  return {
    name,
    type: parseValueType(spec, where),
    required: isTrue(spec.has('required') ? spec.get('required') : optionalToRequired(spec)),
  };
}

/** Older files say `optional: true` where later ones say `required: false` */
export function optionalToRequired(spec: PyDict): boolean {
  return !isTrue(spec.get('optional'));
}

/** Python's truth of the scalars that may stand for a boolean. */
export function isTrue(value: PyValue | undefined): boolean {
  return Boolean(value);
}

/** Python compares strings by code points, JavaScript by UTF-16 units. */
function byCodePoints(left: PropertySpec, right: PropertySpec): number {
  const a = Array.from(left.name);
  const b = Array.from(right.name);
  const differing = a.findIndex((character, index) => character !== b[index]);
  if (differing < 0) return a.length - b.length;
  return (a[differing]?.codePointAt(0) ?? 0) - (b[differing]?.codePointAt(0) ?? -1);
}
