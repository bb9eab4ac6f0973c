/** Text of values as Python writes them, cut at a bound: for messages, never for answers. */
import { isFrame } from './frame.ts';
import { isNdArray, type NdArray } from './nd-array.ts';
import { isPyDict, isPyList, type PyValue } from './py-value.ts';
import { pythonRepr, reprBytes, reprString } from './python-repr.ts';
import { elementAt } from './vector-values.ts';

/** Longest text, in characters, unless the caller says otherwise. */
const defaultLimit = 500;

/** Room that is left for the text; from zero on nothing more is written. */
interface Budget {
  left: number;
}

/** `repr(value)`, at most about `limit` characters; `…` stands for what is left out. */
export function boundedRepr(value: PyValue, limit: number = defaultLimit): string {
  return cut(write(value, { left: limit }), limit);
}

/** `str(value)`: a string stands without quotes, anything else as {@link boundedRepr} writes it. */
export function boundedStr(value: PyValue, limit: number = defaultLimit): string {
  return typeof value === 'string' ? cut(value, limit) : boundedRepr(value, limit);
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}…`;
}

function write(value: PyValue, budget: Budget): string {
  const isContainer = isPyList(value) || isPyDict(value) || isNdArray(value) || isFrame(value);
  const text = isContainer ? writeContainer(value, budget) : writeScalar(value, budget);
  budget.left -= text.length;
  return text;
}

/** Long texts are cut before they are escaped. */
function writeScalar(value: PyValue, budget: Budget): string {
  const room = Math.max(budget.left, 0) + 1;
  if (typeof value === 'string') return reprString(value.slice(0, room));
  if (value instanceof Uint8Array) return reprBytes(value.subarray(0, room));
  return pythonRepr(value);
}

function writeContainer(value: PyValue, budget: Budget): string {
  const item = (element: PyValue): string => write(element, budget);
  if (isPyList(value)) return `[${join(value, item, budget)}]`;
  if (isPyDict(value)) {
    const pair = ([key, element]: readonly [string, PyValue]): string =>
      `${reprString(key)}: ${write(element, budget)}`;
    return `{${join(value.entries(), pair, budget)}}`;
  }
  if (isNdArray(value)) return `array(${writeElements(value, 0, 0, budget)})`;
  if (!isFrame(value)) return '';
  const labels = join(value.columns, ({ label }) => JSON.stringify(label), budget);
  return `<DataFrame of ${value.rowCount} rows, columns [${labels}]>`;
}

function join<T>(items: Iterable<T>, text: (item: T) => string, budget: Budget): string {
  const parts: string[] = [];
  for (const item of items) {
    if (budget.left <= 0) return `${parts.join(', ')}, …`;
    const part = text(item);
    budget.left -= 2;
    parts.push(part);
  }
  return parts.join(', ');
}

/** The part of an array from axis `axis` on that starts at element `offset`. */
function writeElements(array: NdArray, axis: number, offset: number, budget: Budget): string {
  if (axis === array.shape.length) return write(elementAt(array.data, offset), budget);
  const stride = array.shape.slice(axis + 1).reduce((size, length) => size * length, 1);
  const length = Math.min(array.shape[axis] ?? 0, budget.left + 1, 10_000);
  const positions = Array.from({ length: Math.max(length, 0) }, (_, index) => index);
  const part = (index: number): string =>
    writeElements(array, axis + 1, offset + index * stride, budget);
  return `[${join(positions, part, budget)}]`;
}
