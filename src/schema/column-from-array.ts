/** The column that pandas 3 makes of a one-dimensional array. */
import { inferVector } from '../data/infer-vector.ts';
import type { PyValue } from '../data/py-value.ts';
import type { Vector } from '../data/vector.ts';
import { isDatetimeVector, nanosecondsPer } from '../data/vector-values.ts';

/** Objects that are all strings or None become `str`; days, hours and minutes become seconds. */
export function columnFromArray(data: Vector): Vector {
  if (data.dtype === 'object') return stringsOrObjects(data.values);
  if (data.dtype === 'bytes') return { dtype: 'object', values: data.values };
  if (!isDatetimeVector(data)) return data;
  const seconds = nanosecondsPer(data.dtype) / 1_000_000_000n;
  if (seconds <= 1n) return data;
  return { dtype: 'datetime64[s]', values: data.values.map((ticks) => toSeconds(ticks, seconds)) };
}

function stringsOrObjects(values: readonly PyValue[]): Vector {
  if (values.length === 0 || !values.some((value) => typeof value === 'string'))
    return { dtype: 'object', values };
  return inferVector(values);
}

function toSeconds(ticks: bigint, seconds: bigint): bigint {
  return ticks === -(2n ** 63n) ? ticks : ticks * seconds;
}
