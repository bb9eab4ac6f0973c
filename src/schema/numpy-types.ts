/** What a scalar type of a signature is in NumPy, and kinds and sizes of dtypes. Source: MLflow 3.17.2 types/schema.py `DataType`. */
import type { Dtype } from '../data/dtype.ts';
import type { ScalarType } from '../model/signature.ts';

/** Dtype of a column of the type after enforcement. */
export const dtypeOfType: Readonly<Record<ScalarType, Dtype>> = {
  boolean: 'bool',
  integer: 'int32',
  long: 'int64',
  float: 'float32',
  double: 'float64',
  string: 'object',
  binary: 'object',
  datetime: 'datetime64[ns]',
};

/** NumPy's name of the type, as messages print it. */
export const numpyNameOfType: Readonly<Record<ScalarType, string>> = {
  ...dtypeOfType,
  string: '<U0',
  binary: '|S0',
};

/** `dtype.kind` and `dtype.itemsize` (bits / 8) of numeric dtypes; others are kind O. */
export interface NumericKind {
  readonly kind: 'b' | 'i' | 'u' | 'f' | 'O';
  readonly bytes: number;
}

const families = { bool: 'b', int: 'i', uint: 'u', float: 'f' } as const;

/** Kind and size of a dtype. */
export function numericKind(dtype: Dtype): NumericKind {
  const parts = /^(bool|int|uint|float)(\d*)$/.exec(dtype);
  if (parts === null) return { kind: 'O', bytes: 8 };
  return { kind: families[parts[1] as keyof typeof families], bytes: Number(parts[2] || 8) / 8 };
}
