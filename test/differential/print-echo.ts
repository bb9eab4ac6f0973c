/**
 * What the recorded echo models answer: they print what `predict` received. Two generations of them exist; `echo_*`
 * name columns `cols`, `pf_echo_*` print nested values too.
 */
import { isFrame } from '../../src/data/frame.ts';
import type { ColumnLabel, Frame } from '../../src/data/frame.ts';
import { isNdArray, type NdArray } from '../../src/data/nd-array.ts';
import { isNumpyScalar, isPyDatetime, type PyValue } from '../../src/data/py-value.ts';
import { pythonRepr, reprBytes, reprString } from '../../src/data/python-repr.ts';
import type { Vector } from '../../src/data/vector.ts';
import { elementAt, vectorValues } from '../../src/data/vector-values.ts';

/** A printed value: JSON. */
export type Printed = null | string | number | Printed[] | { [key: string]: Printed };

/** Rows and items that the models print at most. */
const rowLimit = 50;
const valueLimit = 100;

/** What `pf_echo_*` answer for their input. */
export function describeInput(value: PyValue): Printed {
  if (isFrame(value)) return describeFrame(value);
  if (isNdArray(value)) return { type: 'ndarray', ...describeArray(value) };
  if (value instanceof Map) return { type: 'dict', items: describeItems(value) };
  if (Array.isArray(value)) {
    return { type: 'list', items: value.slice(0, rowLimit).map((item) => describeInput(item)) };
  }
  const repr = isPyDatetime(value) ? printDatetime64(value.nanoseconds) : printCell(value);
  return { type: typeName(value), repr };
}

function describeItems(dict: ReadonlyMap<string, PyValue>): Printed {
  return Object.fromEntries(Array.from(dict, ([key, item]) => [key, describeInput(item)]));
}

function describeFrame(frame: Frame): Printed {
  return {
    type: 'DataFrame',
    columns: frame.columns.map(({ label }) => printLabel(label)),
    dtypes: frame.columns.map(({ data }) => printDtype(data)),
    index: printIndex(frame).slice(0, rowLimit),
    shape: [frame.rowCount, frame.columns.length],
    rows: printRows(frame).slice(0, rowLimit),
  };
}

function describeArray(array: NdArray): { [key: string]: Printed } {
  const values = vectorValues(array.data).map((value) =>
    isPyDatetime(value) ? String(value.nanoseconds) : printCell(value),
  );
  return {
    dtype: numpyDtype(array),
    shape: [...array.shape],
    values: values.slice(0, valueLimit),
  };
}

/** What `echo_*` answer, without the table that pandas prints and the texts of arrays. */
export function summarizeInput(value: PyValue): Printed {
  if (isFrame(value)) {
    const dtypes = value.columns.map(({ label, data }) => [labelText(label), printDtype(data)]);
    return {
      type: 'DataFrame',
      dtypes: Object.fromEntries(dtypes) as Printed,
      cols: value.columns.map(({ label }) => printLabel(label)),
      index: `[${printIndex(value).join(', ')}]`,
      vals: printRows(value),
    };
  }
  if (isNdArray(value))
    return { type: 'ndarray', dtype: numpyDtype(value), shape: [...value.shape] };
  if (value instanceof Map) return { type: 'dict', keys: [...value.keys()] };
  return { type: typeName(value) };
}

function printIndex(frame: Frame): string[] {
  return frame.index === undefined
    ? Array.from({ length: frame.rowCount }, (_, row) => String(row))
    : frame.index.map((label) =>
        Array.isArray(label) ? tuple(label.map(printCell)) : printCell(label),
      );
}

function printRows(frame: Frame): string[][] {
  return Array.from({ length: frame.rowCount }, (_, row) =>
    frame.columns.map(({ data }) =>
      data.dtype.startsWith('datetime64')
        ? printTimestamp(elementAt(data, row))
        : printCell(elementAt(data, row)),
    ),
  );
}

function printDatetime64(nanoseconds: bigint): string {
  const second = nanoseconds / 1_000_000_000n - (nanoseconds % 1_000_000_000n < 0n ? 1n : 0n);
  const rest = String(nanoseconds - second * 1_000_000_000n).padStart(9, '0');
  const clock = new Date(Number(second) * 1000).toISOString().slice(0, 19);
  return `np.datetime64('${clock}.${rest}')`;
}

function printTimestamp(value: PyValue): string {
  if (!isPyDatetime(value)) return 'NaT';
  const second =
    value.nanoseconds / 1_000_000_000n - (value.nanoseconds % 1_000_000_000n < 0n ? 1n : 0n);
  const rest = value.nanoseconds - second * 1_000_000_000n;
  const clock = new Date(Number(second) * 1000).toISOString().slice(0, 19).replace('T', ' ');
  const digits = String(rest).padStart(9, '0');
  const fraction = rest === 0n ? '' : `.${digits.endsWith('000') ? digits.slice(0, 6) : digits}`;
  return `Timestamp('${clock}${fraction}')`;
}

/** `repr` of a cell; sizes of NumPy strings are left out, as they depend on what was cut away. */
function printCell(value: PyValue): string {
  if (isNdArray(value)) return printArray(value);
  if (isPyDatetime(value)) return printTimestamp(value);
  if (isNumpyScalar(value)) return printNumpyScalar(value.dtype, value.value);
  if (value instanceof Uint8Array) return reprBytes(value);
  if (Array.isArray(value))
    return `[${value.map((item) => printCell(item as PyValue)).join(', ')}]`;
  if (value instanceof Map) {
    const items = Array.from(value, ([key, item]) => `${reprString(key)}: ${printCell(item)}`);
    return `{${items.join(', ')}}`;
  }
  return pythonRepr(value);
}

function printNumpyScalar(dtype: string, value: PyValue): string {
  if (dtype === 'bool') return value === true ? 'np.True_' : 'np.False_';
  return `np.${dtype}(${pythonRepr(value)})`;
}

/** `repr` of an array, without the padding of floats. */
function printArray(array: NdArray): string {
  const { dtype } = array.data;
  const texts = vectorValues(array.data).map(printCell);
  const text = nest(texts, array.shape);
  if (texts.length === 0) return `array([], dtype=${dtype})`;
  if (dtype === 'str') return `array(${text}, dtype='<U')`;
  return `array(${text}${dtype === 'object' ? ', dtype=object' : ''})`;
}

function nest(texts: readonly string[], shape: readonly number[]): string {
  const [size, ...rest] = shape;
  if (size === undefined) return texts[0] ?? '';
  const step = texts.length / Math.max(size, 1);
  const parts = Array.from({ length: size }, (_, at) =>
    nest(texts.slice(at * step, (at + 1) * step), rest),
  );
  return `[${parts.join(', ')}]`;
}

function printLabel(label: ColumnLabel): string {
  if (typeof label === 'string') return reprString(label);
  return typeof label === 'number' ? String(label) : tuple(label.map(printLabel));
}

function labelText(label: ColumnLabel): string {
  return typeof label === 'string' ? label : printLabel(label);
}

function tuple(items: readonly string[]): string {
  return `(${items.join(', ')}${items.length === 1 ? ',' : ''})`;
}

function printDtype(data: Vector): string {
  if ('timeZone' in data && data.timeZone !== undefined) return `datetime64[ns, ${data.timeZone}]`;
  return data.dtype;
}

function numpyDtype(array: NdArray): string {
  const { dtype } = array.data;
  if (dtype === 'str') return '<U';
  return dtype === 'bytes' ? '|S' : dtype;
}

function typeName(value: PyValue): string {
  if (value === null) return 'NoneType';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'float';
  if (typeof value === 'boolean') return 'bool';
  if (isNumpyScalar(value)) return value.dtype;
  if (value instanceof Uint8Array) return 'bytes';
  if (Array.isArray(value)) return 'list';
  return isPyDatetime(value) ? 'datetime64' : 'str';
}
