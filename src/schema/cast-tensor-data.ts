/** `np.array(values, dtype)` for the column of a frame that becomes a tensor. */
import type { Dtype } from '../data/dtype.ts';
import type { PyValue } from '../data/py-value.ts';
import { pythonStr } from '../data/python-repr.ts';
import type { Vector } from '../data/vector.ts';
import { vectorValues } from '../data/vector-values.ts';
import { isTrue } from './cast-to-numpy.ts';
import { convertNumbers, isNumericDtype, isNumericVector } from './convert-numbers.ts';
import { schemaMismatch } from './schema-mismatch.ts';

/** Converts numbers as NumPy does, anything to objects and to text. @throws SCHEMA_ENFORCEMENT_FAILED */
export function castTensorData(data: Vector, dtype: Dtype | null): Vector {
  if (data.dtype === dtype) return data;
  if (dtype === 'object') return { dtype, values: vectorValues(data) };
  if (dtype === 'str')
    return { dtype, values: vectorValues(data).map((value) => pythonStr(value)) };
  if (dtype === 'bool' && !isNumericVector(data)) return toBooleans(data);
  if (dtype !== null && isNumericDtype(dtype)) {
    const numbers = isNumericVector(data) ? data : parseNumbers(data);
    if (numbers !== null && isNumericVector(numbers)) return convertNumbers(numbers, dtype);
  }
  throw schemaMismatch(`Can not convert ${data.dtype} to ${dtype ?? 'the dtype of the tensor'}`, {
    expectedType: dtype ?? 'unknown',
  });
}

function toBooleans(data: Vector): Vector {
  const values = vectorValues(data).map((value) => (isTrue(value) ? 1 : 0));
  return { dtype: 'bool', values: Uint8Array.from(values) };
}

/** Texts and objects as floats; null where one is no number. */
function parseNumbers(data: Vector): Vector | null {
  if (data.dtype !== 'str' && data.dtype !== 'object') return null;
  const values = vectorValues(data).map(toNumber);
  return values.includes(null)
    ? null
    : { dtype: 'float64', values: Float64Array.from(values, Number) };
}

function toNumber(value: PyValue): number | null {
  if (value === null) return Number.NaN;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return Number(value);
  if (typeof value !== 'string' || !/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value))
    return null;
  return Number(value);
}
