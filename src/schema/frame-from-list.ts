/** `pd.DataFrame(list)`: rows of lists or dicts, or one column of scalars. */
import { type Frame, frame } from '../data/frame.ts';
import { inferVector } from '../data/infer-vector.ts';
import { isNdArray } from '../data/nd-array.ts';
import { isPyDict, isPyList, type PyDict, type PyValue } from '../data/py-value.ts';
import { arrayItems } from './array-items.ts';
import { schemaMismatch } from './schema-mismatch.ts';
import { shortTypeName } from './short-type-name.ts';

/** The first item decides what the list is. @throws SCHEMA_ENFORCEMENT_FAILED when a later one is not like it */
export function frameFromList(list: readonly PyValue[]): Frame {
  const [first] = list;
  if (first === undefined) return frame([], 0);
  if (isPyDict(first)) return frameFromDicts(list);
  if (isPyList(first) || (isNdArray(first) && first.shape.length === 1)) return frameFromRows(list);
  return frame([{ label: 0, data: inferVector(list.map(unwrapScalarArray)) }]);
}

/** Columns in the order in which the rows name them; NaN where a row has no such key. */
function frameFromDicts(list: readonly PyValue[]): Frame {
  const rows = list.map((row): PyDict => {
    if (isPyDict(row)) return row;
    throw schemaMismatch(`'${shortTypeName(row)}' object is not iterable`);
  });
  const labels = new Set(rows.flatMap((row) => Array.from(row.keys())));
  const columns = Array.from(labels, (label) => ({
    label,
    data: inferVector(rows.map((row) => (row.has(label) ? row.get(label)! : Number.NaN))),
  }));
  return frame(columns, rows.length);
}

/** Short rows are filled up with None. */
function frameFromRows(list: readonly PyValue[]): Frame {
  const rows = list.map((row) => {
    if (isPyList(row) || (isNdArray(row) && row.shape.length > 0)) return arrayItems(row);
    throw schemaMismatch(`object of type '${shortTypeName(row)}' has no len()`);
  });
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const columns = Array.from({ length: width }, (_, label) => ({
    label,
    data: inferVector(rows.map((row) => row[label] ?? null)),
  }));
  return frame(columns, rows.length);
}

function unwrapScalarArray(item: PyValue): PyValue {
  return isNdArray(item) && item.shape.length === 0
    ? arrayItems({ ...item, shape: [1] })[0]!
    : item;
}
