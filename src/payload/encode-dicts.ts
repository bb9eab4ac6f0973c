/** Lists of dicts of floats with the same keys, as the maps of a classifier, faster than one by one. */
import { type PyDict, type PyValue } from '../data/py-value.ts';
import { dictRowsOf } from '../data/dict-rows.ts';
import { encodeDictRows } from './numeric/encode-dict-rows.ts';

/** Fewest dicts for which looking at all of them first pays. */
const fewestDicts = 8;

/**
 * `{"a": 1.0, "b": 2.0}, …` without brackets around it, non-finite numbers as Python writes them; null for a list of
 * anything else, or of few dicts.
 */
export function encodeDicts(list: readonly PyValue[]): string | null {
  const rows = dictRowsOf(list);
  if (rows !== undefined) return encodeDictRows(rows);
  const [first] = list;
  if (list.length < fewestDicts || !(first instanceof Map) || first.size === 0) return null;
  const keys = [...(first as PyDict).keys()];
  const values = new Float64Array(list.length * keys.length);
  for (let row = 0; row < list.length; row++) {
    const dict = list[row];
    if (!(dict instanceof Map) || !gather(dict, keys, values, row * keys.length)) return null;
  }
  return encodeDictRows({ keys, values });
}

/** Puts the values of a dict at `from`; false where it has other keys, or anything but floats. */
function gather(dict: PyDict, keys: readonly string[], into: Float64Array, from: number): boolean {
  if (dict.size !== keys.length) return false;
  let at = 0;
  for (const [key, value] of dict) {
    if (key !== keys[at] || typeof value !== 'number') return false;
    into[from + at] = value;
    at += 1;
  }
  return true;
}
