/** Datatypes of the Open Inference Protocol and the dtypes they stand for. Source: MLServer 1.7.1 codecs/numpy.py. */
import type { Dtype } from '../../data/dtype.ts';
import type { Vector } from '../../data/vector.ts';

/** Numeric datatypes; all have elements of one size. */
export type NumericDatatype =
  | 'BOOL'
  | 'UINT8'
  | 'UINT16'
  | 'UINT32'
  | 'UINT64'
  | 'INT8'
  | 'INT16'
  | 'INT32'
  | 'INT64'
  | 'FP16'
  | 'FP32'
  | 'FP64';

/** Every datatype that is spoken; `BYTES` holds texts and byte strings. */
export type Datatype = NumericDatatype | 'BYTES';

/** Dtypes of numeric vectors. */
export type NumericDtype = Exclude<
  Vector['dtype'],
  'str' | 'bytes' | 'object' | `datetime64[${string}]`
>;

interface NumericLayout {
  readonly dtype: NumericDtype;
  /** Bytes of one element in a binary tensor. */
  readonly bytes: number;
}

/** dtype and element size of each numeric datatype. */
export const numericLayouts: Readonly<Record<NumericDatatype, NumericLayout>> = {
  BOOL: { dtype: 'bool', bytes: 1 },
  UINT8: { dtype: 'uint8', bytes: 1 },
  UINT16: { dtype: 'uint16', bytes: 2 },
  UINT32: { dtype: 'uint32', bytes: 4 },
  UINT64: { dtype: 'uint64', bytes: 8 },
  INT8: { dtype: 'int8', bytes: 1 },
  INT16: { dtype: 'int16', bytes: 2 },
  INT32: { dtype: 'int32', bytes: 4 },
  INT64: { dtype: 'int64', bytes: 8 },
  FP16: { dtype: 'float16', bytes: 2 },
  FP32: { dtype: 'float32', bytes: 4 },
  FP64: { dtype: 'float64', bytes: 8 },
};

/** Every name, for messages. */
export const datatypeNames: readonly Datatype[] = [
  ...(Object.keys(numericLayouts) as NumericDatatype[]),
  'BYTES',
];

/** True for the name of a datatype that is spoken. */
export function isDatatype(name: unknown): name is Datatype {
  return name === 'BYTES' || (typeof name === 'string' && Object.hasOwn(numericLayouts, name));
}

const datatypes = new Map<string, NumericDatatype>(
  Object.entries(numericLayouts).map(([name, { dtype }]) => [dtype, name as NumericDatatype]),
);

/** Datatype of a dtype; texts, bytes, objects and datetimes travel as `BYTES`. */
export function datatypeOf(dtype: Dtype): Datatype {
  return datatypes.get(dtype) ?? 'BYTES';
}
