/** Input and params of a model → nodes and buffers for its worker. */
import { formatPythonFloat } from '../../data/format-float.ts';
import { isFrame } from '../../data/frame.ts';
import { isNdArray, type NdArray } from '../../data/nd-array.ts';
import { isNumpyScalar, isPyDatetime, type PyValue } from '../../data/py-value.ts';
import type { ColumnLabel } from '../../data/frame.ts';
import { encodeFrame } from './encode-frame.ts';
import type { Content, Node } from './node.ts';
import { bytesOf, packBytes, packTexts } from './pack-texts.ts';

/** What nodes refer to. */
export interface EncodeContext {
  /** Bulk data, in the order in which nodes number it. */
  readonly buffers: Uint8Array[];
  /** Labels of the frames that come most; a frame with these need not say them. */
  readonly layout: readonly ColumnLabel[] | null;
}

/** Encodes any value that decoding or enforcement can give. */
export function encodeInput(value: PyValue, context: EncodeContext): Node {
  switch (typeof value) {
    case 'number':
      return encodeFloat(value);
    case 'bigint':
      return encodeInteger(value);
    case 'boolean':
    case 'string':
      return value;
  }
  if (value === null) return null;
  if (isFrame(value)) return { frame: encodeFrame(value, context, encodeInput) };
  if (isNdArray(value)) return { array: encodeArray(value, context) };
  if (Array.isArray(value)) {
    return (value as readonly PyValue[]).map((item) => encodeInput(item, context));
  }
  if (value instanceof Map) {
    const entries = Array.from(value as ReadonlyMap<string, PyValue>);
    return { dict: entries.map(([key, item]) => [key, encodeInput(item, context)] as const) };
  }
  if (value instanceof Uint8Array) return { bytes: context.buffers.push(value) - 1 };
  if (isPyDatetime(value)) return { time: [String(value.nanoseconds), value.unit ?? 'ns'] };
  if (isNumpyScalar(value)) {
    return { scalar: [value.dtype, encodeInput(value.value, context)] };
  }
  throw new TypeError('a value that Python has not');
}

/** JSON would make an int of a float without a fraction. */
function encodeFloat(value: number): Node {
  if (Number.isFinite(value) && !Number.isInteger(value)) return value;
  return { float: formatPythonFloat(value) };
}

function encodeInteger(value: bigint): Node {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : { int: String(value) };
}

function encodeArray(
  { shape, data }: NdArray,
  context: EncodeContext,
): readonly [string, readonly number[], Content] {
  return [data.dtype, shape, arrayContent(data, context)];
}

function arrayContent(data: NdArray['data'], context: EncodeContext): Content {
  const { buffers } = context;
  switch (data.dtype) {
    case 'object':
      return data.values.map((item) => encodeInput(item, context));
    case 'bytes':
      return packBytes(data.values, buffers);
    case 'str':
      return packTexts(data.values, buffers) ?? { list: data.values };
    default:
      return buffers.push(bytesOf(data.values)) - 1;
  }
}
