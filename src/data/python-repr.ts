/** Values in words as Python's `repr` writes them, for messages and for arrays of strings. Source: CPython 3.11. */
import { formatPythonFloat } from './format-float.ts';
import { isFrame } from './frame.ts';
import { isNdArray } from './nd-array.ts';
import { isNumpyScalar, type NumpyScalar, type PyValue } from './py-value.ts';

const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** What `str.isprintable` refuses: controls, formats, surrogates, private use, unassigned, separators but the space. */
const unprintable = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

/** `repr` of a str: single quotes unless it holds one and no double quote. */
export function reprString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll(quote, `\\${quote}`)
    .replaceAll(unprintable, escapeCharacter);
  return quote + escaped + quote;
}

function escapeCharacter(character: string): string {
  const short = shortEscapes[character];
  if (short !== undefined) return short;
  const point = character.codePointAt(0) ?? 0;
  const hex = point.toString(16);
  if (point < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return point < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

/** `repr` of a bytes. */
export function reprBytes(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('latin1');
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll(quote, `\\${quote}`)
    .replaceAll(/[^ -~]/g, escapeCharacter);
  return `b${quote}${escaped}${quote}`;
}

/** `repr` of a JSON value. */
export function pythonRepr(value: PyValue): string {
  if (value === null) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return formatPythonFloat(value);
  if (typeof value === 'string') return reprString(value);
  if (value instanceof Uint8Array) return reprBytes(value);
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  if (value instanceof Map) return reprDict(value);
  if (isNdArray(value))
    return `array(shape=(${value.shape.join(', ')}), dtype=${value.data.dtype})`;
  if (isFrame(value)) return `DataFrame(${value.rowCount} rows, ${value.columns.length} columns)`;
  return isNumpyScalar(value) ? reprNumpyScalar(value) : 'datetime64';
}

/** NumPy 2: `np.float32(1.0)`, `np.True_`. */
function reprNumpyScalar({ dtype, value }: NumpyScalar): string {
  return dtype === 'bool' ? `np.${pythonRepr(value)}_` : `np.${dtype}(${pythonRepr(value)})`;
}

function reprDict(dict: ReadonlyMap<string, PyValue>): string {
  const items = Array.from(dict, ([key, item]) => `${reprString(key)}: ${pythonRepr(item)}`);
  return `{${items.join(', ')}}`;
}

/** `str` of a JSON value: as `repr`, but a str is itself. */
export function pythonStr(value: PyValue): string {
  if (isNumpyScalar(value)) return pythonRepr(value.value);
  return typeof value === 'string' ? value : pythonRepr(value);
}

/** Name of the Python type, as messages show it. */
export function pythonTypeName(value: PyValue): string {
  if (value === null) return 'NoneType';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'float';
  if (typeof value === 'string') return 'str';
  if (value instanceof Uint8Array) return 'bytes';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Map) return 'dict';
  if (isNumpyScalar(value)) return `numpy.${value.dtype}`;
  if (isNdArray(value)) return 'numpy.ndarray';
  return isFrame(value) ? 'pandas.DataFrame' : 'numpy.datetime64';
}

/** The class of a value as Python prints it: `<class 'int'>`. */
export function pythonClass(value: PyValue): string {
  return `<class '${pythonTypeName(value)}'>`;
}
