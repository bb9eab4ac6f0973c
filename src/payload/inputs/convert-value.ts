/** One value of `inputs` or `instances` → the array or value of its spec. Source: MLflow 3.17.2 utils/proto_json_utils.py `convert_data_type`. */
import { boundedRepr } from '../../data/bounded-repr.ts';
import type { Dtype } from '../../data/dtype.ts';
import { isNdArray, type NdArray } from '../../data/nd-array.ts';
import type { NumpyScalar, PyValue } from '../../data/py-value.ts';
import type { Vector } from '../../data/vector.ts';
import { elementAt } from '../../data/vector-values.ts';
import { slipwayError } from '../../errors/slipway-error.ts';
import type { ColumnSpec, ScalarType, TensorSpec } from '../../model/signature.ts';
import { enforceValue, type ValueOptions } from '../../schema/enforce-value.ts';
import { checkLenientCast, keepsNulls } from '../cast/lenient-rules.ts';
import type { RowCursor } from '../cast/pack-values.ts';
import { expectSlipwayError, pythonError } from '../cast/python-error.ts';
import { discoverShape, flattenList } from './array-shape.ts';
import { arrayOf, inferArray } from './infer-array.ts';

/** Spec of a name; undefined when the schema has none for it. */
export type InputSpec = ColumnSpec | TensorSpec | undefined;

const numpyDtypes = {
  boolean: 'bool',
  integer: 'int32',
  long: 'int64',
  float: 'float32',
  double: 'float64',
  string: 'str',
  binary: 'bytes',
  datetime: 'datetime64[ns]',
} as const satisfies Record<ScalarType, Dtype>;

/** True for the spec of a tensor. */
export function isTensorSpec(spec: ColumnSpec | TensorSpec): spec is TensorSpec {
  return 'dtypeName' in spec;
}

/**
 * Converts a value; a scalar of a scalar type comes back as a zero-dimensional array.
 * @throws INVALID_INPUT with NumPy's text
 */
export function convertToArray(value: PyValue, spec: InputSpec, options: ValueOptions): PyValue {
  const cursor = { row: 0 };
  try {
    return convert(value, spec, cursor, options);
  } catch (cause) {
    const error = expectSlipwayError(cause);
    throw slipwayError('INVALID_INPUT', `Invalid input. ${error.message}`, {
      details: { ...error.details, ...describePlace(value, spec, cursor) },
      cause,
    });
  }
}

/** As {@link convertToArray}, but a scalar of a scalar type is a scalar. */
export function convertValue(value: PyValue, spec: InputSpec, options: ValueOptions): PyValue {
  const converted = convertToArray(value, spec, options);
  const scalar = spec !== undefined && !isTensorSpec(spec) && spec.type.kind === 'scalar';
  return scalar && isNdArray(converted) && !Array.isArray(value) ? toScalar(converted) : converted;
}

function convert(
  value: PyValue,
  spec: InputSpec,
  cursor: RowCursor,
  options: ValueOptions,
): PyValue {
  if (spec === undefined) return inferArray(value);
  if (isTensorSpec(spec)) {
    if (spec.dtype !== null) return arrayOf(value, spec.dtype, cursor);
    throw pythonError('TypeError', `data type '${spec.dtypeName}' is not supported`);
  }
  const { type, required } = spec;
  if (type.kind === 'scalar') {
    if (options.lenientTypes && keepsGaps(value, spec, type.type)) {
      return arrayOf(value, 'object', cursor);
    }
    if (options.lenientTypes) checkLeaves(value, type.type, cursor);
    return arrayOf(value, numpyDtypes[type.type], cursor);
  }
  const enforced = enforceValue(value, type, required ? 'required' : 'optional', options);
  return type.kind === 'array' ? inferArray(enforced) : enforced;
}

/** Nulls of an optional column; enforcement lets them be. */
function keepsGaps(value: PyValue, { required }: ColumnSpec, type: ScalarType): boolean {
  return !required && keepsNulls(leavesOf(value), type);
}

/** As the cells of a table are checked. @throws INVALID_INPUT */
function checkLeaves(value: PyValue, type: ScalarType, cursor: RowCursor): void {
  checkLenientCast(leavesOf(value), type, cursor);
}

function leavesOf(value: PyValue): Vector {
  return { dtype: 'object', values: flattenList(value, discoverShape(value).shape.length) };
}

function toScalar(array: NdArray): PyValue {
  const value = elementAt(array.data, 0);
  const { dtype } = array.data;
  if (typeof value === 'boolean' || typeof value === 'bigint' || typeof value === 'number') {
    return { kind: 'scalar', dtype, value } as NumpyScalar;
  }
  return value;
}

function describePlace(
  value: PyValue,
  spec: InputSpec,
  cursor: RowCursor,
): Readonly<Record<string, unknown>> {
  const cell = Array.isArray(value) ? ((value[cursor.row] ?? null) as PyValue) : value;
  return {
    column: spec?.name ?? null,
    row: cursor.row,
    value: boundedRepr(cell, 100),
    expectedType: spec === undefined ? null : describeSpec(spec),
  };
}

function describeSpec(spec: ColumnSpec | TensorSpec): string {
  if (isTensorSpec(spec)) return spec.dtypeName;
  return spec.type.kind === 'scalar' ? spec.type.type : spec.type.kind;
}
