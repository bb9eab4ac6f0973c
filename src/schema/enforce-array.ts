/** Enforces an array type on a list or an array. Source: MLflow 3.17.2 models/utils.py `_enforce_array`. */
import { boundedRepr } from '../data/bounded-repr.ts';
import { inferVector } from '../data/infer-vector.ts';
import { isNdArray, type NdArray, ndArray } from '../data/nd-array.ts';
import { isPyList, type PyValue } from '../data/py-value.ts';
import type { Vector } from '../data/vector.ts';
import type { ScalarType, ValueType } from '../model/signature.ts';
import { arrayItems, stackItems } from './array-items.ts';
import { castColumn } from './cast-column.ts';
import { castToNumpy } from './cast-to-numpy.ts';
import { describeType } from '../model/describe-signature.ts';
import { enforceValue, type Need, type ValueOptions } from './enforce-value.ts';
import { listFromVector } from './list-from-vector.ts';
import { schemaMismatch } from './schema-mismatch.ts';
import { shortTypeName } from './short-type-name.ts';
import { columnFromArray } from './column-from-array.ts';

/** A list gives a list, an array an array. @throws SCHEMA_ENFORCEMENT_FAILED */
export function enforceArray(
  value: PyValue,
  items: ValueType,
  need: Need,
  options: ValueOptions,
): PyValue {
  if ((need === 'optional' || items.kind === 'any') && isAbsent(value)) return value;
  if (!isPyList(value) && !isNdArray(value)) {
    throw schemaMismatch(`Expected data to be list or numpy array, got ${shortTypeName(value)}`, {
      value: boundedRepr(value, 100),
      expectedType: describeType({ kind: 'array', items }),
    });
  }
  if (items.kind === 'scalar') return enforceScalars(value, items.type, options);
  const enforced = arrayItems(value).map((item) => enforceValue(item, items, need, options));
  return isPyList(value) ? enforced : stackItems(enforced);
}

function isAbsent(value: PyValue): boolean {
  if (value === null) return true;
  return (isPyList(value) || isNdArray(value)) && lengthOf(value) === 0;
}

function lengthOf(value: readonly PyValue[] | NdArray): number {
  if (!isNdArray(value)) return value.length;
  const length = value.shape[0];
  if (length === undefined) throw schemaMismatch('len() of unsized object');
  return length;
}

/** The whole list is one column. */
function enforceScalars(
  value: readonly PyValue[] | NdArray,
  type: ScalarType,
  options: ValueOptions,
): PyValue {
  if (lengthOf(value) === 0) return value;
  const column = castColumn(toSeries(value), type, { column: '', ...options });
  const cast = castToNumpy(column, type);
  return isNdArray(value) ? ndArray(cast) : listFromVector(cast);
}

function toSeries(value: readonly PyValue[] | NdArray): Vector {
  if (!isNdArray(value)) return inferVector(value);
  if (value.shape.length === 1) return columnFromArray(value.data);
  const shape = value.shape.join(', ');
  throw schemaMismatch(`Data must be 1-dimensional, got ndarray of shape (${shape}) instead`);
}
