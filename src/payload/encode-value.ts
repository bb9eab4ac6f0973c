/** Values inside a result → JSON as Python's `json.dumps` with MLflow's NumpyEncoder writes them (3.17.2). */
import { formatJsonFloat } from '../data/format-float.ts';
import { isFrame } from '../data/frame.ts';
import { isNdArray, type NdArray } from '../data/nd-array.ts';
import type { PyDatetime, PyDict, PyValue } from '../data/py-value.ts';
import { isDatetimeVector, nanosecondsPer, unitOf } from '../data/vector-values.ts';
import type { Vector } from '../data/vector.ts';
import { NOT_A_TIME } from '../data/dtype.ts';
import { slipwayError } from '../errors/slipway-error.ts';
import { encodeDicts } from './encode-dicts.ts';
import { encodeBytes, encodeDatetime64, encodeString } from './encode-text.ts';
import { encodeFloats } from './numeric/encode-floats.ts';

/** How a prediction is written. */
export interface EncodeOptions {
  /** `tokens`: bare NaN and Infinity, as MLflow; `null`: strict JSON. */
  readonly nonFinite: 'tokens' | 'null';
  /** `{"predictions": …}` around it; false for unified LLM requests. */
  readonly wrap: boolean;
}

/** One value inside the result; frames are not allowed here, as in Python. */
export function encodeValue(value: PyValue, options: EncodeOptions): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'number':
      return encodeFloat(value, options);
    case 'string':
      return encodeString(value);
    case 'boolean':
    case 'bigint':
      return String(value);
  }
  if (value instanceof Uint8Array) return encodeBytes(value);
  if (Array.isArray(value)) {
    return encodeList(value as readonly PyValue[], options);
  }
  if (value instanceof Map) return encodeDict(value, options);
  if (isFrame(value)) throw unencodable('a DataFrame stands inside another value');
  if (isNdArray(value)) return encodeArray(value, options);
  const { nanoseconds, unit = 'ns' } = value as PyDatetime;
  return encodeDatetime64(nanoseconds, unit);
}

/** Python's repr of a float; non-finite ones as the options say. */
export function encodeFloat(value: number, options: EncodeOptions): string {
  if (options.nonFinite === 'null' && !Number.isFinite(value)) return 'null';
  return formatJsonFloat(value);
}

function encodeList(list: readonly PyValue[], options: EncodeOptions): string {
  const dicts = options.nonFinite === 'tokens' ? encodeDicts(list) : null;
  return `[${dicts ?? list.map((item) => encodeValue(item, options)).join(', ')}]`;
}

function encodeDict(dict: PyDict, options: EncodeOptions): string {
  let items = '';
  for (const [key, item] of dict) {
    items += `${items === '' ? '' : ', '}${encodeString(key)}: ${encodeValue(item, options)}`;
  }
  return `{${items}}`;
}

function encodeArray({ shape, data }: NdArray, options: EncodeOptions): string {
  if (shape.length === 0) return encodeElement(data, 0, options);
  if (isFloats(data) && shape.length <= 2 && data.values.length > 0 && allWritable(data, options)) {
    return `[${encodeFloats(data.values, shape.length === 2 ? shape[1]! : 0)}]`;
  }
  return encodeAxis(data, shape, 0, 0, options);
}

type FloatVector = Extract<Vector, { dtype: 'float16' | 'float32' | 'float64' }>;

function isFloats(vector: Vector): vector is FloatVector {
  return vector.values instanceof Float64Array || vector.values instanceof Float32Array;
}

function allWritable(vector: FloatVector, options: EncodeOptions): boolean {
  if (options.nonFinite === 'tokens') return true;
  for (const value of vector.values) if (!Number.isFinite(value)) return false;
  return true;
}

function encodeAxis(
  data: Vector,
  shape: readonly number[],
  axis: number,
  from: number,
  options: EncodeOptions,
): string {
  const items: string[] = [];
  const isLast = axis === shape.length - 1;
  const step = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  for (let index = 0; index < shape[axis]!; index++) {
    const at = from + index * step;
    items.push(
      isLast ? encodeElement(data, at, options) : encodeAxis(data, shape, axis + 1, at, options),
    );
  }
  return `[${items.join(', ')}]`;
}

/** One element of an array, as `ndarray.tolist` gives it to JSON. */
function encodeElement(vector: Vector, index: number, options: EncodeOptions): string {
  if (isDatetimeVector(vector)) {
    const ticks = vector.values[index]!;
    const nanoseconds = ticks === NOT_A_TIME ? null : ticks * nanosecondsPer(vector.dtype);
    return encodeDatetime64(nanoseconds, unitOf(vector.dtype));
  }
  switch (vector.dtype) {
    case 'float16':
    case 'float32':
    case 'float64':
      return encodeFloat(vector.values[index]!, options);
    case 'bool':
      return vector.values[index] === 0 ? 'false' : 'true';
    case 'str': {
      const text = vector.values[index];
      return text === null || text === undefined ? encodeFloat(NaN, options) : encodeString(text);
    }
    case 'bytes':
      return encodeBytes(vector.values[index]!);
    case 'object':
      return encodeValue(vector.values[index]!, options);
    default:
      return String(vector.values[index]);
  }
}

/** The error for a result that JSON cannot hold. */
export function unencodable(reason: string, cause?: unknown): Error {
  return slipwayError(
    'UNENCODABLE_RESULT',
    `The model's result cannot be written as JSON: ${reason}.`,
    {
      cause,
    },
  );
}
