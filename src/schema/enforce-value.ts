/**
 * Enforces a type on one value: a cell of a column of arrays, objects or maps, and what is inside it.
 * Source: MLflow 3.17.2 models/utils.py `_enforce_type` and its parts.
 */
import { boundedRepr, boundedStr } from '../data/bounded-repr.ts';
import { inferVector } from '../data/infer-vector.ts';
import { isNdArray } from '../data/nd-array.ts';
import { isNumpyScalar, isPyDict, isPyList, type PyDict, type PyValue } from '../data/py-value.ts';
import type { Vector } from '../data/vector.ts';
import { elementAt } from '../data/vector-values.ts';
import type { ScalarType, ValueType } from '../model/signature.ts';
import { castColumn } from './cast-column.ts';
import { describeType } from '../model/describe-signature.ts';
import { enforceArray } from './enforce-array.ts';
import { schemaMismatch } from './schema-mismatch.ts';
import { shortTypeName } from './short-type-name.ts';

/** Whether a value may be absent. */
export type Need = 'required' | 'optional';

/** What is passed down to nested values. */
export interface ValueOptions {
  readonly lenientTypes: boolean;
}

/**
 * Makes one cell fit its type; objects and maps are returned anew, never changed. Scalars come back as NumPy scalars.
 *
 * @throws SCHEMA_ENFORCEMENT_FAILED
 */
export function enforceValue(
  value: PyValue,
  type: ValueType,
  need: Need,
  options: ValueOptions,
): PyValue {
  switch (type.kind) {
    case 'any':
      return value;
    case 'scalar':
      return enforceScalar(value, type.type, need, options);
    case 'array':
      return enforceArray(value, type.items, need, options);
    case 'object':
      return enforceObject(value, type, need, options);
    case 'map':
      return enforceMap(value, type.values, need, options);
  }
}

function enforceScalar(
  value: PyValue,
  type: ScalarType,
  need: Need,
  options: ValueOptions,
): PyValue {
  if (need === 'optional' && isNoneOrNan(value)) return null;
  if (value === null || isPyDict(value) || isPyList(value) || isNdArray(value)) {
    throw schemaMismatch(`Expected data to be scalar, got ${shortTypeName(value)}`, {
      value: boundedRepr(value, 100),
      expectedType: type,
    });
  }
  return unwrap(castScalar(value, type, options));
}

function isNoneOrNan(value: PyValue): boolean {
  return value === null || Number.isNaN(isNumpyScalar(value) ? value.value : value);
}

function castScalar(value: PyValue, type: ScalarType, options: ValueOptions): Vector {
  try {
    return castColumn(toSeries(value), type, { column: '', ...options });
  } catch (cause) {
    throw schemaMismatch(
      `Failed to enforce schema of data \`${boundedStr(value, 100)}\` with dtype \`${type}\``,
      {
        value: boundedRepr(value, 100),
        expectedType: type,
      },
      cause,
    );
  }
}

/** `pd.Series(value)`: a NumPy scalar keeps its dtype. */
function toSeries(value: PyValue): Vector {
  const series = inferVector([value]);
  if (isNumpyScalar(value) && (value.dtype === 'float32' || value.dtype === 'float16')) {
    return { dtype: value.dtype, values: Float32Array.of(Number(value.value)) };
  }
  return isNumpyScalar(value) && value.dtype === 'int32'
    ? { dtype: 'int32', values: Int32Array.of(Number(value.value)) }
    : series;
}

/** `series[0]`. */
function unwrap(series: Vector): PyValue {
  const value = elementAt(series, 0);
  if (typeof value !== 'boolean' && typeof value !== 'number' && typeof value !== 'bigint')
    return value;
  if (series.dtype === 'object' || series.dtype === 'str' || series.dtype === 'bytes') return value;
  return { kind: 'scalar', dtype: series.dtype as 'float64', value };
}

function enforceObject(
  value: PyValue,
  type: Extract<ValueType, { kind: 'object' }>,
  need: Need,
  options: ValueOptions,
): PyValue {
  if (need === 'optional' && isEmptyDict(value)) return value;
  if (!isPyDict(value)) {
    throw schemaMismatch(
      `Failed to enforce schema of '${boundedStr(value, 100)}' with type '${describeType(type)}'. ` +
        `Expected data to be dictionary, got ${shortTypeName(value)}`,
      { value: boundedRepr(value, 100), expectedType: describeType(type) },
    );
  }
  checkProperties(value, type);
  const properties = new Map(type.properties.map((property) => [property.name, property]));
  return mapValues(value, (item, key) => {
    const property = properties.get(key)!;
    try {
      return enforceValue(
        item,
        property.type,
        property.required ? 'required' : 'optional',
        options,
      );
    } catch (cause) {
      const expected = property.type.kind === 'scalar' ? property.type.type : property.type.kind;
      throw schemaMismatch(
        `Failed to enforce schema for key \`${key}\`. Expected type ${expected}, received type ${shortTypeName(item)}`,
        { value: boundedRepr(item, 100), expectedType: expected },
        cause,
      );
    }
  });
}

/** Properties that the type does not name are refused, unlike extra columns. */
function checkProperties(value: PyDict, type: Extract<ValueType, { kind: 'object' }>): void {
  const missing = type.properties.filter(({ name, required }) => required && !value.has(name));
  if (missing.length > 0) {
    throw schemaMismatch(
      `Missing required properties: ${describeSet(missing.map(({ name }) => name))}`,
    );
  }
  const known = new Set(type.properties.map(({ name }) => name));
  const unknown = Array.from(value.keys()).filter((key) => !known.has(key));
  if (unknown.length > 0) {
    throw schemaMismatch(
      `Invalid properties not defined in the schema found: ${describeSet(unknown)}`,
    );
  }
}

/** A Python set, in the order given: MLflow's own order changes from process to process. */
function describeSet(names: readonly string[]): string {
  return `{${boundedRepr(names).slice(1, -1)}}`;
}

function enforceMap(value: PyValue, values: ValueType, need: Need, options: ValueOptions): PyValue {
  if ((need === 'optional' || values.kind === 'any') && isEmptyDict(value)) return value;
  if (isPyDict(value)) return mapValues(value, (item) => enforceValue(item, values, need, options));
  throw schemaMismatch(`Expected data to be a dict, got ${shortTypeName(value)}`, {
    value: boundedRepr(value, 100),
    expectedType: 'map',
  });
}

function isEmptyDict(value: PyValue): boolean {
  return value === null || (isPyDict(value) && value.size === 0);
}

function mapValues(dict: PyDict, change: (value: PyValue, key: string) => PyValue): PyDict {
  return new Map(Array.from(dict, ([key, value]) => [key, change(value, key)]));
}
