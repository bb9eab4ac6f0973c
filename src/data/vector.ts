/** A one-dimensional run of elements of one dtype: the storage of columns and of tensors. */
import type { DatetimeDtype } from './dtype.ts';
import type { PyValue } from './py-value.ts';

/**
 * Elements of one dtype. Missing is NaN in floats, null in `str`, `NOT_A_TIME` in datetimes and
 * null (None) in `object`; the other dtypes have no missing value, as in pandas.
 * `bool` holds 0 and 1. `float16` values are exact in a Float32Array.
 */
export type Vector =
  | { readonly dtype: 'bool'; readonly values: Uint8Array }
  | { readonly dtype: 'int8'; readonly values: Int8Array }
  | { readonly dtype: 'int16'; readonly values: Int16Array }
  | { readonly dtype: 'int32'; readonly values: Int32Array }
  | { readonly dtype: 'uint8'; readonly values: Uint8Array }
  | { readonly dtype: 'uint16'; readonly values: Uint16Array }
  | { readonly dtype: 'uint32'; readonly values: Uint32Array }
  | { readonly dtype: 'int64'; readonly values: BigInt64Array }
  | { readonly dtype: 'uint64'; readonly values: BigUint64Array }
  | { readonly dtype: 'float16' | 'float32'; readonly values: Float32Array }
  | { readonly dtype: 'float64'; readonly values: Float64Array }
  | DatetimeVector
  | { readonly dtype: 'str'; readonly values: readonly (string | null)[] }
  | { readonly dtype: 'bytes'; readonly values: readonly Uint8Array[] }
  | { readonly dtype: 'object'; readonly values: readonly PyValue[] };

/** Datetimes in the unit of the dtype since 1970-01-01. `timeZone` is set for aware columns only. */
export interface DatetimeVector {
  readonly dtype: DatetimeDtype;
  readonly values: BigInt64Array;
  readonly timeZone?: string;
}
