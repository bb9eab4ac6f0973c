/**
 * Element types, named as NumPy and pandas name them, since MLflow's contract speaks of those.
 * Source: pandas 3 (`str` is the default string dtype, its missing value is NaN), NumPy 2.
 */

/** Integer element types that fit a typed array of numbers. */
export type SmallIntegerDtype = 'int8' | 'int16' | 'int32' | 'uint8' | 'uint16' | 'uint32';

/** 64-bit integer element types, held as bigint. */
export type BigIntegerDtype = 'int64' | 'uint64';

/** Floating-point element types. `float16` values are held widened in a Float32Array. */
export type FloatDtype = 'float16' | 'float32' | 'float64';

/** Unit of a datetime64 element. */
export type DatetimeUnit = 'ns' | 'us' | 'ms' | 's' | 'm' | 'h' | 'D';

/** Element types of datetimes: integers in `unit` since the epoch, naive UTC. */
export type DatetimeDtype = `datetime64[${DatetimeUnit}]`;

/**
 * Any element type. `str`: strings, missing is null (prints as NaN); `bytes`: byte strings;
 * `object`: any {@link PyValue}.
 */
export type Dtype =
  | 'bool'
  | SmallIntegerDtype
  | BigIntegerDtype
  | FloatDtype
  | DatetimeDtype
  | 'str'
  | 'bytes'
  | 'object';

/** The datetime64 "not a time" value: the smallest int64. */
export const NOT_A_TIME: bigint = -(2n ** 63n);
