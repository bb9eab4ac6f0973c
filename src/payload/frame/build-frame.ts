/**
 * `pandas.DataFrame(data, index, columns)` for JSON values: every form of `data` that the constructor takes.
 * Source: pandas 3.1 core/frame.py, core/internals/construction.py.
 */
import { type Column, type ColumnLabel, type Frame, frame } from '../../data/frame.ts';
import type { PyValue } from '../../data/py-value.ts';
import { pythonTypeName } from '../../data/python-repr.ts';
import type { Vector } from '../../data/vector.ts';
import { pythonError } from '../cast/python-error.ts';
import { buildFromDict } from './build-from-dict.ts';
import { inferColumn, inferColumnExactly, missingCell } from './infer-column.ts';
import { toColumnLabels, toIndex } from './labels.ts';

/** What the constructor is given; null where the request has nothing. */
export interface FrameParts {
  readonly data: PyValue;
  readonly columns: PyValue;
  readonly index: PyValue;
  /** Let integers beside nulls be what they are, where a float64 would round them. Default: false, as pandas. */
  readonly exactIntegers?: boolean;
}

/** Labels and index after reading; null where the request has none. */
export interface FrameAxes {
  readonly labels: readonly ColumnLabel[] | null;
  readonly index: readonly PyValue[] | null;
  /** Makes a column of cells. */
  readonly infer: (cells: readonly PyValue[]) => Vector;
}

/** Makes the frame. @throws INVALID_INPUT with pandas' text */
export function buildFrame({ data, columns, index, exactIntegers = false }: FrameParts): Frame {
  if (!isCollection(data) && data !== null && (index === null || columns === null)) {
    throw pythonError('ValueError', 'DataFrame constructor not properly called!');
  }
  const infer = exactIntegers ? inferColumnExactly : inferColumn;
  const axes = { ...readAxes(columns, index), infer };
  if (data === null) return buildEmpty(axes);
  if (data instanceof Map) return buildFromDict(data, axes);
  if (!Array.isArray(data)) return buildFromScalar(data, axes);
  return buildFromList(data as readonly PyValue[], axes);
}

function isCollection(value: PyValue): boolean {
  return Array.isArray(value) || value instanceof Map;
}

function readAxes(columns: PyValue, index: PyValue): Omit<FrameAxes, 'infer'> {
  return {
    labels: columns === null ? null : toColumnLabels(columns),
    index: index === null ? null : toIndex(index),
  };
}

function buildEmpty({ labels, index }: FrameAxes): Frame {
  const rows = index ?? [];
  const cells = rows.map(() => missingCell);
  const columns = (labels ?? []).map((label): Column => ({
    label,
    data: { dtype: 'object', values: cells },
  }));
  return frame(columns, rows.length, rows.length === 0 ? undefined : rows);
}

function buildFromScalar(value: PyValue, { labels, index }: FrameAxes): Frame {
  const rows = index ?? [];
  const data = repeat(inferColumn([value]), rows.length);
  return frame(
    (labels ?? []).map((label) => ({ label, data })),
    rows.length,
    rows,
  );
}

function buildFromList(data: readonly PyValue[], axes: FrameAxes): Frame {
  const [first] = data;
  if (first === undefined) return buildEmpty(axes);
  if (Array.isArray(first)) return buildFromRows(data.map(toCells), axes);
  if (first instanceof Map) return buildFromRecords(data.map(toRecord), axes);
  return buildFromFlat(data, axes);
}

/** A row as pandas takes it: a list, or what else has a length. */
function toCells(row: PyValue): readonly PyValue[] {
  if (Array.isArray(row)) return row as readonly PyValue[];
  if (typeof row === 'string') return Array.from(row);
  if (row instanceof Map) return [...row.keys()];
  throw pythonError('TypeError', `object of type '${pythonTypeName(row)}' has no len()`);
}

function buildFromRows(rows: readonly (readonly PyValue[])[], axes: FrameAxes): Frame {
  const width = rows.reduce((widest, row) => Math.max(widest, row.length), 0);
  if (axes.labels !== null && axes.labels.length !== width) {
    throw pythonError(
      'ValueError',
      `${axes.labels.length} columns passed, passed data had ${width} columns`,
    );
  }
  const columns = Array.from({ length: width }, (_, at) => ({
    label: axes.labels?.[at] ?? at,
    // A row that is too short is padded with None.
    data: axes.infer(rows.map((row) => row[at] ?? null)),
  }));
  return withIndex(columns, rows.length, axes.index);
}

/** `dict(row)`: an object, or a list of pairs. */
function toRecord(row: PyValue): ReadonlyMap<string, PyValue> {
  if (row instanceof Map) return row;
  if (row === '') return new Map();
  if (typeof row === 'string') {
    throw pythonError(
      'ValueError',
      'dictionary update sequence element #0 has length 1; 2 is required',
    );
  }
  if (!Array.isArray(row)) {
    throw pythonError('TypeError', `'${pythonTypeName(row)}' object is not iterable`);
  }
  const pairs = (row as readonly PyValue[]).map((pair, at): [string, PyValue] => {
    if (Array.isArray(pair) && pair.length === 2 && typeof pair[0] === 'string') {
      return [pair[0], pair[1] as PyValue];
    }
    throw pythonError(
      'TypeError',
      `cannot convert dictionary update sequence element #${at} to a sequence`,
    );
  });
  return new Map(pairs);
}

function buildFromRecords(
  records: readonly ReadonlyMap<string, PyValue>[],
  axes: FrameAxes,
): Frame {
  const labels = axes.labels ?? [...new Set(records.flatMap((record) => [...record.keys()]))];
  if (axes.labels === null) inferColumn(labels);
  const columns = labels.map((label): Column => {
    const cells = records.map((record) => {
      const cell = typeof label === 'string' ? record.get(label) : undefined;
      return cell === undefined ? missingCell : cell;
    });
    return { label, data: axes.infer(cells) };
  });
  return withIndex(columns, records.length, axes.index);
}

function buildFromFlat(values: readonly PyValue[], { labels, index, infer }: FrameAxes): Frame {
  const width = labels?.length ?? 1;
  const height = index?.length ?? values.length;
  if (width !== 1 || height !== values.length) {
    throw pythonError(
      'ValueError',
      `Shape of passed values is (${values.length}, 1), indices imply (${height}, ${width})`,
    );
  }
  return withIndex([{ label: labels?.[0] ?? 0, data: infer(values) }], height, index);
}

/** Applies the index: one row is repeated to any length, otherwise lengths must agree. */
export function withIndex(
  columns: readonly Column[],
  rowCount: number,
  index: readonly PyValue[] | null,
): Frame {
  if (index === null) return frame(columns, rowCount);
  if (index.length === rowCount || columns.length === 0) {
    return frame(columns, index.length, index);
  }
  if (rowCount !== 1) {
    throw pythonError(
      'ValueError',
      `Length of values (${rowCount}) does not match length of index (${index.length})`,
    );
  }
  const repeated = columns.map(({ label, data }): Column => ({
    label,
    data: repeat(data, index.length),
  }));
  return frame(repeated, index.length, index);
}

function repeat(vector: Vector, length: number): Vector {
  const indexes = Array.from({ length }, () => 0);
  return { ...vector, values: pick(vector.values, indexes) } as Vector;
}

function pick(values: Vector['values'], indexes: readonly number[]): unknown {
  const list = indexes.map((at) => values[at]);
  if (Array.isArray(values)) return list;
  const kind = values.constructor as unknown as { from(items: readonly unknown[]): unknown };
  return kind.from(list);
}
