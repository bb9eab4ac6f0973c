/**
 * Values as Python holds them after `json.loads`, so that nothing a request says is lost:
 * an int is a bigint of any size, a float a number, and objects keep key order (and `__proto__`).
 */
import type { DatetimeDtype, Dtype } from './dtype.ts';
import type { Frame } from './frame.ts';
import type { NdArray } from './nd-array.ts';

/** A Python dict with string keys; insertion order is kept. */
export type PyDict = ReadonlyMap<string, PyValue>;

/** A Python `datetime64` scalar or Timestamp, in nanoseconds since the epoch, naive UTC. */
export interface PyDatetime {
  readonly kind: 'datetime';
  readonly nanoseconds: bigint;
  /** Unit in which NumPy holds it; decides how it prints. Default: `ns`. */
  readonly unit?: string;
}

/** A NumPy scalar such as `np.float32(1.0)`: a number that remembers its dtype. In JSON it is its value. */
export interface NumpyScalar {
  readonly kind: 'scalar';
  readonly dtype: Exclude<Dtype, DatetimeDtype | 'str' | 'bytes' | 'object'>;
  readonly value: boolean | bigint | number;
}

/** null is None, bigint is int, number is float, Uint8Array is bytes. */
export type PyValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | PyDatetime
  | NumpyScalar
  | NdArray
  | Frame
  | readonly PyValue[]
  | PyDict;

/** True for a dict. */
export function isPyDict(value: PyValue | undefined): value is PyDict {
  return value instanceof Map;
}

/** True for a list. */
export function isPyList(value: PyValue | undefined): value is readonly PyValue[] {
  return Array.isArray(value);
}

/** True for a {@link NumpyScalar}. */
export function isNumpyScalar(value: PyValue | undefined): value is NumpyScalar {
  return hasKind(value, 'scalar');
}

/** True for a {@link PyDatetime}. */
export function isPyDatetime(value: PyValue | undefined): value is PyDatetime {
  return hasKind(value, 'datetime');
}

function hasKind(value: PyValue | undefined, kind: string): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
}
