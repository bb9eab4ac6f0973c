/** dtypes of Python scalars, and the dtype that holds several of them. Source: NumPy 2.4 promotion rules. */
import type { Dtype } from '../../data/dtype.ts';
import type { PyValue } from '../../data/py-value.ts';

const int64Max = 2n ** 63n - 1n;
const int64Min = -(2n ** 63n);
const uint64Max = 2n ** 64n - 1n;

/** dtype that NumPy gives to one scalar. */
export function dtypeOf(value: PyValue): Dtype {
  if (typeof value === 'number') return 'float64';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value !== 'bigint') return value instanceof Uint8Array ? 'bytes' : 'object';
  if (value > uint64Max || value < int64Min) return 'object';
  return value > int64Max ? 'uint64' : 'int64';
}

/** The dtype that holds all; float64 for none. */
export function commonDtype(dtypes: readonly Dtype[]): Dtype {
  const kinds = new Set(dtypes);
  if (kinds.size === 0) return 'float64';
  const [first = 'object'] = kinds;
  if (kinds.size === 1) return first;
  if (kinds.has('object')) return 'object';
  if (kinds.has('str')) return 'str';
  kinds.delete('bool');
  if (kinds.size === 1) return [...kinds][0] ?? 'object';
  return [...kinds].every(isNumeric) ? promoteNumbers(kinds) : 'object';
}

function isNumeric(dtype: Dtype): boolean {
  return /^(?:u?int|float)\d+$/.test(dtype);
}

/** Only int64, uint64 and floats meet here: any mixture of them is float64. */
function promoteNumbers(kinds: ReadonlySet<Dtype>): Dtype {
  return kinds.size === 2 && kinds.has('float16') && kinds.has('float32') ? 'float32' : 'float64';
}
