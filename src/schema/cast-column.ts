/**
 * Casts one column to its type by MLflow's strict table: nothing is converted that could change a value.
 * Source: MLflow 3.17.2 models/utils.py `_enforce_mlflow_datatype`.
 */
import { inferExactly } from '../data/infer-exactly.ts';
import { inferVector } from '../data/infer-vector.ts';
import type { Vector } from '../data/vector.ts';
import { isDatetimeVector } from '../data/vector-values.ts';
import type { ScalarType } from '../model/signature.ts';
import { datetimesToNanoseconds, objectsToDatetimes } from './convert-datetimes.ts';
import { convertNumbers, isNumericDtype, isNumericVector } from './convert-numbers.ts';
import { incompatibleColumn } from './incompatible-column.ts';
import { castLeniently } from './lenient-cast.ts';
import { dtypeOfType, numericKind } from './numpy-types.ts';
import { objectsToNumbers } from './objects-to-numbers.ts';

/** The column being cast: its label and, with it, how forgiving to be. */
export interface CastContext {
  /** Label of the column; empty for elements of a nested value, as in MLflow's messages. */
  readonly column: string | number;
  readonly lenientTypes: boolean;
  /** Null is accepted where nothing is lost. Default: true. */
  readonly required?: boolean;
}

/**
 * Returns `column` itself where it fits already.
 *
 * @throws SCHEMA_ENFORCEMENT_FAILED naming column, first offending row, value and expected type
 */
export function castColumn(column: Vector, type: ScalarType, context: CastContext): Vector {
  if (column.dtype === dtypeOfType[type] && isNaive(column)) return column;
  if (type === 'string' || type === 'binary') return castToText(column, type, context);
  const infer = context.lenientTypes ? inferExactly : inferVector;
  const inferred = column.dtype === 'object' ? infer(column.values) : column;
  if (inferred.dtype === dtypeOfType[type] && isNaive(inferred)) return inferred;
  return castInferred(inferred, type, context);
}

function isNaive(column: Vector): boolean {
  return !isDatetimeVector(column) || column.timeZone === undefined;
}

/** Strings pass as they are, whatever the objects are; `binary` takes them too, undecoded. */
function castToText(column: Vector, type: 'string' | 'binary', context: CastContext): Vector {
  if (column.dtype === 'str' || (type === 'binary' && column.dtype === 'bytes')) return column;
  throw incompatibleColumn(column, type, context.column);
}

function castInferred(column: Vector, type: ScalarType, context: CastContext): Vector {
  if (type === 'datetime' && isDatetimeVector(column)) return datetimesToNanoseconds(column);
  if (column.dtype === 'object') return castObjects(column.values, type, context);
  const dtype = dtypeOfType[type];
  if (isNumericVector(column) && isNumericDtype(dtype) && isSafe(column, type)) {
    return convertNumbers(column, dtype);
  }
  const lenient = context.lenientTypes ? castLeniently(column, type, context) : null;
  if (lenient !== null) return lenient;
  throw incompatibleColumn(column, type, context.column);
}

/** Objects that are of no single dtype. Booleans stay objects, so that None is not false. */
function castObjects(
  values: Extract<Vector, { dtype: 'object' }>['values'],
  type: ScalarType,
  context: CastContext,
): Vector {
  const column: Vector = { dtype: 'object', values };
  if (type === 'boolean') return column;
  if (type === 'datetime') return objectsToDatetimes(context.column, values);
  if (type === 'double') return objectsToNumbers(context.column, values);
  const lenient = context.lenientTypes ? castLeniently(column, type, context) : null;
  if (lenient !== null) return lenient;
  throw incompatibleColumn(column, type, context.column);
}

/** Upcasts within a kind, unsigned to wider signed, small ints to double; int64 of zeros and ones to floats. */
function isSafe(column: Vector, type: ScalarType): boolean {
  const from = numericKind(column.dtype);
  const to = numericKind(dtypeOfType[type]);
  if (from.kind === to.kind) return from.bytes <= to.bytes;
  if (from.kind === 'u' && to.kind === 'i') return from.bytes < to.bytes;
  if (to.kind !== 'f') return false;
  if ((from.kind === 'i' || from.kind === 'u') && type === 'double' && from.bytes <= 6) return true;
  return column.dtype === 'int64' && column.values.every((value) => value === 0n || value === 1n);
}
