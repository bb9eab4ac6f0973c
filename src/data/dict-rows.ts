/**
 * Lists of dicts of floats with the same keys, as the maps of a classifier, that are made when somebody looks at them:
 * most are only written as JSON, which needs the numbers alone.
 */
import type { PyDict } from './py-value.ts';

/** The numbers of such a list. */
export interface DictRows {
  /** Keys of each dict, in their order; at least one. */
  readonly keys: readonly string[];
  /** [rows × keys]. */
  readonly values: Float32Array | Float64Array;
}

/** Fewest dicts that are worth being put off. */
const fewestRows = 8;

const rowsOfLists = new WeakMap<object, DictRows>();

/** The list; an Array in every respect. It reads `rows.values` when it is looked at: they must not change. */
export function listOfDicts(rows: DictRows): readonly PyDict[] {
  const rowCount = rows.values.length / rows.keys.length;
  if (rowCount < fewestRows) return Array.from({ length: rowCount }, (_, row) => dictOf(rows, row));
  const dicts = Array.from<PyDict>({ length: rowCount });
  let isFilled = false;
  const filled = (): PyDict[] => {
    if (!isFilled) dicts.forEach((_, row) => (dicts[row] = dictOf(rows, row)));
    isFilled = true;
    return dicts;
  };
  const list = new Proxy(dicts, {
    get: (_, key, receiver) => Reflect.get(key === 'length' ? dicts : filled(), key, receiver),
    getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(filled(), key),
  });
  rowsOfLists.set(list, rows);
  return list;
}

/** The numbers of a list of {@link listOfDicts} whose dicts were put off, without looking at them; undefined for any other. */
export function dictRowsOf(list: object): DictRows | undefined {
  return rowsOfLists.get(list);
}

function dictOf({ keys, values }: DictRows, row: number): PyDict {
  const dict = new Map<string, number>();
  for (const [at, key] of keys.entries()) dict.set(key, values[row * keys.length + at]!);
  return dict;
}
