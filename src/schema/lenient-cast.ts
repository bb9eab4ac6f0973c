/** Casts that the strict table refuses though they lose nothing: allowed by `lenientTypes` only. */
import type { Vector } from '../data/vector.ts';
import type { ScalarType } from '../model/signature.ts';
import type { CastContext } from './cast-column.ts';
import { convertNumbers, isNumericDtype, isNumericVector } from './convert-numbers.ts';
import { dtypeOfType } from './numpy-types.ts';

/**
 * Ints to floats and floats to ints, wider to narrower, when every value survives; nulls become NaN in floats.
 * An optional integer column keeps its nulls as a float64 of whole numbers. null: the cast would lose something.
 */
export function castLeniently(
  column: Vector,
  type: ScalarType,
  context: CastContext,
): Vector | null {
  if (column.dtype === 'object') return castNulls(column, type, context);
  const dtype = dtypeOfType[type];
  if (!isNumericVector(column) || !isNumericDtype(dtype)) return null;
  if (column.dtype === 'bool' || dtype === 'bool') return null;
  const converted = convertNumbers(column, dtype);
  if (isNumericVector(converted) && keepsAll(column.values, converted.values)) return converted;
  return context.required === false ? keepGaps(column, type) : null;
}

/** Comparing a bigint with a float is exact in JavaScript; NaN stands for itself. */
function keepsAll(before: ArrayLike<number | bigint>, after: ArrayLike<number | bigint>): boolean {
  for (let row = 0; row < before.length; row++) {
    const from = before[row];
    const to = after[row];
    // eslint-disable-next-line eqeqeq -- 1n == 1
    if (from != to && !(Number.isNaN(from) && Number.isNaN(to))) return false;
  }
  return true;
}

function castNulls(column: Vector, type: ScalarType, context: CastContext): Vector | null {
  const allNull = Array.from<unknown>(column.values as ArrayLike<unknown>).every(
    (value) => value === null,
  );
  if (!allNull) return context.required === false ? keepIntegers(column, type) : null;
  const length = column.values.length;
  if (type === 'float')
    return { dtype: 'float32', values: new Float32Array(length).fill(Number.NaN) };
  return context.required === false ? column : null;
}

/** Integers and nulls that no float64 can hold stay as they are: a column of Python's int and None. */
function keepIntegers(column: Vector, type: ScalarType): Vector | null {
  if (column.dtype !== 'object' || type !== 'long') return null;
  const fits = column.values.every(
    (value) => value === null || (typeof value === 'bigint' && BigInt.asIntN(64, value) === value),
  );
  return fits ? column : null;
}

function keepGaps(column: Vector, type: ScalarType): Vector | null {
  if (column.dtype !== 'float64' || (type !== 'integer' && type !== 'long')) return null;
  const limit = type === 'integer' ? 2 ** 31 : 2 ** 63;
  const fits = column.values.every(
    (value) => Number.isNaN(value) || (Number.isInteger(value) && value >= -limit && value < limit),
  );
  return fits ? column : null;
}
