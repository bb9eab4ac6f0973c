/** `pandas.DataFrame` of an object of columns. Source: pandas 3.1 core/internals/construction.py `dict_to_mgr`. */
import { type Column, type Frame, frame } from '../../data/frame.ts';
import type { PyDict, PyValue } from '../../data/py-value.ts';
import type { Vector } from '../../data/vector.ts';
import { pythonError } from '../cast/python-error.ts';
import type { FrameAxes } from './build-frame.ts';
import { missingCell } from './infer-column.ts';

/** Columns by name: lists, objects (row label → value) or scalars for every row. @throws INVALID_INPUT */
export function buildFromDict(data: PyDict, axes: FrameAxes): Frame {
  const labels = axes.labels ?? [...data.keys()];
  const present = labels.map((label) => (typeof label === 'string' ? data.get(label) : undefined));
  const given = present.filter((value): value is PyValue => value !== undefined);
  const known = axes.labels === null ? given : given.filter((value) => !isMissing(value));
  const index = axes.index ?? deriveIndex(known);
  const columns = labels.map((label, at): Column => {
    const value = present[at];
    if (axes.labels !== null && (value === undefined || isMissing(value))) {
      const cell = value === undefined ? missingCell : value;
      return { label, data: { dtype: 'object', values: index.map(() => cell) } };
    }
    const cells = toCells(value ?? null, index);
    const empty = Array.isArray(value) && value.length === 0;
    return { label, data: empty ? emptyColumn : axes.infer(cells) };
  });
  const plain = axes.index === null && !known.some((value) => value instanceof Map);
  return frame(columns, index.length, plain ? undefined : index);
}

/** pandas makes an empty list a float column. */
const emptyColumn: Vector = { dtype: 'float64', values: new Float64Array(0) };

function isMissing(value: PyValue): boolean {
  return value === null || (typeof value === 'number' && Number.isNaN(value));
}

function deriveIndex(values: readonly PyValue[]): readonly PyValue[] {
  if (values.length === 0) return [];
  const lists = values.filter((value): value is readonly PyValue[] => Array.isArray(value));
  const dicts = values.filter((value): value is PyDict => value instanceof Map);
  if (lists.length + dicts.length === 0) {
    throw pythonError('ValueError', 'If using all scalar values, you must pass an index');
  }
  const length = lists[0]?.length ?? 0;
  if (lists.some((list) => list.length !== length)) {
    throw pythonError('ValueError', 'All arrays must be of the same length');
  }
  if (dicts.length === 0) return Array.from({ length }, (_, row) => BigInt(row));
  if (lists.length > 0) {
    throw pythonError('ValueError', 'Mixing dicts with non-Series may lead to ambiguous ordering.');
  }
  return [...new Set(dicts.flatMap((dict) => [...dict.keys()]))];
}

function toCells(value: PyValue, index: readonly PyValue[]): readonly PyValue[] {
  if (value instanceof Map) {
    return index.map((row) => {
      const cell = typeof row === 'string' ? value.get(row) : undefined;
      return cell === undefined ? missingCell : cell;
    });
  }
  if (!Array.isArray(value)) return index.map(() => value);
  const cells = value as readonly PyValue[];
  if (cells.length === 1 && index.length !== 1) return index.map(() => cells[0] ?? null);
  if (cells.length !== index.length) {
    throw pythonError(
      'ValueError',
      `Length of values (${cells.length}) does not match length of index (${index.length})`,
    );
  }
  return cells;
}
