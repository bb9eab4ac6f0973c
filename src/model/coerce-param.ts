/** Values of params, as MLflow converts defaults and requests. Source: MLflow 3.17.2 models/utils.py `_enforce_param_datatype`. */
import { parseDatetime64 } from '../data/parse-datetime64.ts';
import type { PyValue } from '../data/py-value.ts';
import type { ScalarType } from './signature.ts';

/**
 * Converts a scalar: ints become floats for `float` and `double`, ISO texts become datetimes, None stays;
 * anything else must have the type already. undefined: MLflow refuses the value.
 */
export function coerceParamScalar(value: PyValue, type: ScalarType): PyValue | undefined {
  if (value === null) return null;
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'integer':
    case 'long':
      return typeof value === 'bigint' ? value : undefined;
    case 'float':
    case 'double':
      return toFloat(value);
    case 'string':
      return typeof value === 'string' ? value : undefined;
    case 'datetime':
      return toDatetime(value);
    default:
      return undefined;
  }
}

/** Python refuses to convert an int that no float can hold. */
function toFloat(value: PyValue): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'bigint') return undefined;
  const float = Number(value);
  return Number.isFinite(float) ? float : undefined;
}

/** Python's date (unit D) or datetime (unit us): years 1 to 9999, nothing finer than microseconds. */
function toDatetime(value: PyValue): PyValue | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    const parsed = parseDatetime64(value);
    if (parsed === null) return null;
    const { nanoseconds, unit, year } = parsed;
    if (year < 1 || year > 9999 || unit === 'ns' || unit === 'finer') return undefined;
    const isDate = unit === 'Y' || unit === 'M' || unit === 'D';
    return { kind: 'datetime', nanoseconds, unit: isDate ? 'D' : 'us' };
  } catch {
    return undefined;
  }
}
