/**
 * What a model returned → output tensors. An array is `output-1`, a frame one tensor a column, a dict one a key.
 * Source: MLServer 1.7.1 codecs/{numpy,pandas,string,utils}.py, mlserver-mlflow 1.7.1 codecs.py; what makes MLServer fail is
 * written as JSON texts (`pd_json`).
 */
import { type Frame, frame, isFrame } from '../../data/frame.ts';
import { inferVector } from '../../data/infer-vector.ts';
import { isNdArray, type NdArray, ndArray } from '../../data/nd-array.ts';
import { isPyDict, isPyList, type PyDict, type PyValue } from '../../data/py-value.ts';
import type { Prediction } from '../../data/scoring-data.ts';
import { isDatetimeVector, nanosecondsPer } from '../../data/vector-values.ts';
import type { Vector } from '../../data/vector.ts';
import { NOT_A_TIME } from '../../data/dtype.ts';
import { isSlipwayError } from '../../errors/slipway-error.ts';
import { isoTimestamp } from '../encode-text.ts';
import { encodeValue } from '../encode-value.ts';
import { inferArray } from '../inputs/infer-array.ts';
import { datatypeOf } from './datatypes.ts';
import type { NumericContent, OutputTensor, OutputTensors, TextContent } from './output-tensor.ts';

/** Name of the only output of a result without names. */
const onlyOutput = 'output-1';

/** Splits a prediction into tensors. */
export function toOutputTensors(prediction: Prediction): OutputTensors {
  if (isFrame(prediction)) return { contentType: 'pd', outputs: columnsOf(prediction) };
  if (isPyDict(prediction)) return { contentType: 'dict', outputs: entriesOf(prediction) };
  if (isRecords(prediction))
    return { contentType: 'pd', outputs: columnsOf(fromRecords(prediction)) };
  const output = toTensor(onlyOutput, prediction);
  const isText = output.contentType === 'str' && isPyList(prediction);
  return { contentType: isText ? 'str' : 'np', outputs: [output] };
}

/** Dicts with the same keys: a frame that comes as its records. */
function isRecords(value: PyValue): value is readonly PyDict[] {
  if (!isPyList(value) || !isPyDict(value[0]) || value[0].size === 0) return false;
  const names = [...value[0].keys()];
  return value.every(
    (row) => isPyDict(row) && row.size === names.length && names.every((name) => row.has(name)),
  );
}

function fromRecords(rows: readonly PyDict[]): Frame {
  const names = [...(rows[0]?.keys() ?? [])];
  return frame(
    names.map((label) => ({ label, data: inferVector(rows.map((row) => row.get(label) ?? null)) })),
    rows.length,
  );
}

function columnsOf({ columns, rowCount }: Frame): readonly OutputTensor[] {
  return columns.map(({ label, data }) => {
    const { content, contentType } = toContent(data);
    return {
      name: typeof label === 'object' ? JSON.stringify(label) : String(label),
      shape: [rowCount, 1],
      contentType: content.datatype === 'BYTES' ? contentType : null,
      content,
    };
  });
}

function entriesOf(dict: PyDict): readonly OutputTensor[] {
  return Array.from(dict, ([name, value]) => toTensor(name, value));
}

function toTensor(name: string, value: PyValue): OutputTensor {
  const { data, shape } = toArray(value);
  const { content, contentType } = toContent(data);
  return {
    name,
    shape: shape.length > 1 ? shape : [...shape, 1],
    contentType: contentType === 'str' && isNdArray(value) ? 'np' : contentType,
    content,
  };
}

function toArray(value: PyValue): NdArray {
  if (isNdArray(value)) return value;
  if (!isPyList(value)) return ndArray(inferVector([value]), []);
  return toRegularArray(value) ?? ndArray({ dtype: 'object', values: value });
}

/** Null for lists of differing lengths, and for anything but numbers and texts. */
function toRegularArray(value: readonly PyValue[]): NdArray | null {
  if (value.length === 0) return ndArray(inferVector(value));
  try {
    return inferArray(value);
  } catch (error) {
    if (isSlipwayError(error)) return null;
    throw error;
  }
}

interface Typed {
  readonly content: NumericContent | TextContent;
  readonly contentType: string;
}

function toContent(vector: Vector): Typed {
  if (isDatetimeVector(vector)) return typed('datetime', isoTexts(vector));
  switch (vector.dtype) {
    case 'str':
      return typed('str', vector.values);
    case 'bytes':
      return typed('base64', vector.values);
    case 'object':
      return objectContent(vector.values);
    default:
      return numericContent(vector);
  }
}

function typed(contentType: string, elements: TextContent['elements']): Typed {
  return { contentType, content: { datatype: 'BYTES', elements } };
}

function numericContent(vector: NumericContent['vector']): Typed {
  const datatype = datatypeOf(vector.dtype);
  if (datatype === 'BYTES') throw new Error(`${vector.dtype} is no number`);
  return { contentType: 'np', content: { datatype, vector } };
}

/** Objects that are all of one kind travel as that kind, others each as a JSON document. */
function objectContent(values: readonly PyValue[]): Typed {
  if (values.every((value) => typeof value === 'string' || value === null))
    return typed('str', values);
  if (values.every((value) => value instanceof Uint8Array)) return typed('base64', values);
  const inferred = inferVector(values);
  if (inferred.dtype !== 'object' && inferred.dtype !== 'str') return toContent(inferred);
  const options = { nonFinite: 'null', wrap: false } as const;
  return typed(
    'pd_json',
    values.map((value) => encodeValue(value, options)),
  );
}

function isoTexts(vector: Extract<Vector, { dtype: `datetime64[${string}]` }>): (string | null)[] {
  const size = nanosecondsPer(vector.dtype);
  const timeZone = vector.timeZone;
  return Array.from(vector.values, (ticks) =>
    ticks === NOT_A_TIME ? null : isoTimestamp(ticks * size, timeZone),
  );
}
