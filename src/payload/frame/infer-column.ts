/** Columns of JSON values with pandas' dtype. Source: pandas 3.1 `lib.maybe_convert_objects`. */
import { inferExactly } from '../../data/infer-exactly.ts';
import { inferVector } from '../../data/infer-vector.ts';
import type { PyValue } from '../../data/py-value.ts';
import type { Vector } from '../../data/vector.ts';
import { pythonError } from '../cast/python-error.ts';

/** A cell that no record has; pandas fills it with NaN. */
export const missingCell: number = Number.NaN;

/** Infers the dtype. @throws INVALID_INPUT for a str column with half a surrogate pair, which Arrow cannot hold */
export function inferColumn(values: readonly PyValue[]): Vector {
  const vector = inferVector(values);
  rejectLoneSurrogates(vector);
  return vector;
}

/** As {@link inferColumn}, but no integer is rounded. */
export function inferColumnExactly(values: readonly PyValue[]): Vector {
  const vector = inferExactly(values);
  rejectLoneSurrogates(vector);
  return vector;
}

/** @throws INVALID_INPUT when a string has half a surrogate pair */
export function rejectLoneSurrogates(vector: Vector): void {
  if (vector.dtype !== 'str') return;
  const bad = vector.values.find((text) => text !== null && /\p{Surrogate}/u.test(text));
  if (bad === undefined || bad === null) return;
  throw pythonError(
    'UnicodeEncodeError',
    `'utf-8' codec can't encode character in position ${bad.search(/\p{Surrogate}/u)}: surrogates not allowed`,
  );
}
