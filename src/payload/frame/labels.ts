/** Column labels and row index as `pandas.Index` holds a JSON list. Source: pandas 3.1 core/indexes/base.py `ensure_index`. */
import type { ColumnLabel } from '../../data/frame.ts';
import { inferVector } from '../../data/infer-vector.ts';
import type { PyValue } from '../../data/py-value.ts';
import { pythonRepr } from '../../data/python-repr.ts';
import { vectorValues } from '../../data/vector-values.ts';
import { pythonError } from '../cast/python-error.ts';
import { rejectLoneSurrogates } from './infer-column.ts';

/**
 * Entries of an index: numbers share one type, lists of lists become tuples.
 * @throws INVALID_INPUT when it is not a list or an object
 */
export function toIndex(value: PyValue): readonly PyValue[] {
  if (value instanceof Map) return toIndex([...value.keys()]);
  if (!Array.isArray(value)) {
    throw pythonError(
      'TypeError',
      `Index(...) must be called with a collection of some kind, ${pythonRepr(value)} was passed`,
    );
  }
  const items = value as readonly PyValue[];
  if (items.length > 0 && items.every((item) => Array.isArray(item))) return toTuples(items);
  const vector = inferVector(items);
  rejectLoneSurrogates(vector);
  return vectorValues(vector);
}

/** A MultiIndex: the lists are its levels. */
function toTuples(levels: readonly (readonly PyValue[])[]): readonly PyValue[] {
  const length = levels[0]?.length ?? 0;
  if (levels.some((level) => level.length !== length)) {
    throw pythonError('ValueError', 'all arrays must be same length');
  }
  return Array.from({ length }, (_, at) => levels.map((level) => level[at] ?? null));
}

/** Labels of columns. Ints are positions; null, floats and booleans keep their text, as no signature names them. */
export function toColumnLabels(value: PyValue): readonly ColumnLabel[] {
  return toIndex(value).map(toLabel);
}

function toLabel(value: PyValue): ColumnLabel {
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return (value as readonly PyValue[]).map(toLabel);
  return pythonRepr(value);
}

/** Text by which two labels are the same label. */
export function labelKey(label: ColumnLabel): string {
  return typeof label === 'string' ? `s${label}` : `n${JSON.stringify(label)}`;
}
