/** The params of a signature and their defaults. Source: MLflow 3.17.2 types/schema.py `ParamSpec`, `ParamSchema`. */
import { isPyDict, isPyList, type PyDict, type PyValue } from '../data/py-value.ts';
import { coerceParamScalar } from './coerce-param.ts';
import { fitsObject } from './fits-object.ts';
import { isScalarType, parseValueType } from './parse-value-type.ts';
import { signatureError } from './signature-error.ts';
import type { ParamSpec, ValueType } from './signature.ts';

/**
 * Reads a list of params; an empty one is allowed. `where` names file and key for errors.
 * @throws SIGNATURE_INVALID, also for a default that does not fit its type
 */
export function parseParams(value: PyValue, where: string): readonly ParamSpec[] {
  if (!isPyList(value)) throw signatureError(where, 'a list of params', value);
  const params = value.map((spec, index) => parseParam(spec, `${where}[${index}]`));
  const names = params.map((param) => param.name);
  const repeated = names.findIndex((name, index) => names.indexOf(name) < index);
  if (repeated >= 0) {
    throw signatureError(`${where}[${repeated}].name`, 'a name of its own', names[repeated]);
  }
  return params;
}

function parseParam(spec: PyValue, where: string): ParamSpec {
  if (!isPyDict(spec)) throw signatureError(where, 'a map with name, type and default', spec);
  const name = spec.get('name');
  if (typeof name !== 'string' && typeof name !== 'bigint') {
    throw signatureError(`${where}.name`, 'a string', name);
  }
  const type = parseParamType(spec, where);
  const shape = parseParamShape(spec.get('shape'), `${where}.shape`);
  if (!spec.has('default')) throw signatureError(`${where}.default`, 'a value', undefined);
  const value = coerceDefault(spec.get('default') ?? null, type, shape, `${where}.default`);
  return { name: String(name), type, default: value, shape };
}

/** `dtype` is what files before MLflow 2.10 call the type. */
function parseParamType(spec: PyDict, where: string): ValueType {
  const name = spec.get('type') ?? spec.get('dtype');
  const isKnown = name === 'object' || (isScalarType(name) && name !== 'binary');
  if (isKnown) return parseValueType(new Map([...spec, ['type', name]]), where);
  throw signatureError(
    `${where}.type`,
    'one of boolean, integer, long, float, double, string, datetime, object',
    name,
  );
}

function parseParamShape(shape: PyValue | undefined, where: string): readonly number[] | null {
  if (shape === undefined || shape === null) return null;
  if (isPyList(shape) && shape.length === 1 && shape[0] === -1n) return [-1];
  throw signatureError(where, 'null, or [-1] for a list', shape);
}

function coerceDefault(
  value: PyValue,
  type: ValueType,
  shape: readonly number[] | null,
  where: string,
): PyValue {
  if (shape === null) return coerceOne(value, type, where);
  if (!isPyList(value)) throw signatureError(where, `a list, since shape is [-1]`, value);
  return value.map((item, index) => coerceOne(item, type, `${where}[${index}]`));
}

function coerceOne(value: PyValue, type: ValueType, where: string): PyValue {
  if (type.kind !== 'scalar') {
    if (fitsObject(value, type)) return value;
    throw signatureError(where, 'an object with the properties of its type', value);
  }
  const coerced = coerceParamScalar(value, type.type);
  if (coerced === undefined) throw signatureError(where, `a value of type ${type.type}`, value);
  return coerced;
}
