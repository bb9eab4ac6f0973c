/** Whether a param's default has the form of its object type. Source: MLflow 3.17.2 models/utils.py `_enforce_object`. */
import { isPyDict, isPyList, type PyValue } from '../data/py-value.ts';
import type { PropertySpec, ScalarType, ValueType } from './signature.ts';

/** True when `value` has the nested form and the kinds of scalars that `type` asks for. */
export function fitsObject(value: PyValue | undefined, type: ValueType): boolean {
  switch (type.kind) {
    case 'any':
      return true;
    case 'scalar':
      return fitsScalar(value, type.type);
    case 'array':
      return isPyList(value) && value.every((item) => fitsObject(item, type.items));
    case 'map':
      return isPyDict(value) && Array.from(value.values()).every((v) => fitsObject(v, type.values));
    default:
      return isPyDict(value) && fitsProperties(value, type.properties);
  }
}

function fitsProperties(
  value: ReadonlyMap<string, PyValue>,
  properties: readonly PropertySpec[],
): boolean {
  const known = new Set(properties.map((property) => property.name));
  return (
    Array.from(value.keys()).every((key) => known.has(key)) &&
    properties.every(({ name, required, type }) => {
      const item = value.get(name);
      return required
        ? value.has(name) && fitsObject(item, type)
        : isEmpty(item) || fitsObject(item, type);
    })
  );
}

function isEmpty(value: PyValue | undefined): boolean {
  return value === undefined || value === null;
}

function fitsScalar(value: PyValue | undefined, type: ScalarType): boolean {
  const isNumber = typeof value === 'number' || typeof value === 'bigint';
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
    case 'long':
      return typeof value === 'bigint';
    case 'float':
    case 'double':
      return isNumber;
    default:
      return typeof value === 'string';
  }
}
