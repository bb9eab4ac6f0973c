/** `ndarray.tolist()`: Python values; nanosecond datetimes become ints, as Python has nothing as fine. */
import type { PyValue } from '../data/py-value.ts';
import type { Vector } from '../data/vector.ts';
import { isDatetimeVector, vectorValues } from '../data/vector-values.ts';
import { NOT_A_TIME } from '../data/dtype.ts';

/** Elements of an enforced array as a list. */
export function listFromVector(vector: Vector): readonly PyValue[] {
  if (!isDatetimeVector(vector)) return vectorValues(vector);
  return Array.from(vector.values, (ticks) => (ticks === NOT_A_TIME ? null : ticks));
}
