/** Scoring input → the V2 request that says the same, as JSON or with binary tensors. */
import { type ColumnLabel, isFrame } from '../../src/data/frame.ts';
import { isNdArray } from '../../src/data/nd-array.ts';
import {
  isNumpyScalar,
  isPyDict,
  isPyList,
  type PyDict,
  type PyValue,
} from '../../src/data/py-value.ts';
import type { ScoringInput } from '../../src/data/scoring-data.ts';
import type { Vector } from '../../src/data/vector.ts';
import { isDatetimeVector, nanosecondsPer, vectorValues } from '../../src/data/vector-values.ts';
import { isoTimestamp } from '../../src/payload/encode-text.ts';
import { encodeValue } from '../../src/payload/encode-value.ts';
import { datatypeOf } from '../../src/payload/oip/datatypes.ts';
import type { ModelTensors } from '../../src/payload/oip/model-tensors.ts';
import { writeBinaryData, writeJsonData } from '../../src/payload/oip/write-tensor.ts';
import type { OutputTensor } from '../../src/payload/oip/output-tensor.ts';

/** A request body, and the length of its JSON where tensors follow. */
export interface V2Body {
  readonly body: Buffer;
  readonly headerLength: number | null;
}

/** A V2 request with its tensors side by side, as clients have them. */
export interface V2Tensors {
  readonly inputs: readonly OutputTensor[];
  readonly params: PyDict | null;
}

/**
 * The tensors of the request. Null for input that V2 has no form for: an index, NumPy's byte strings, texts beside numbers in
 * one column, a column of texts without rows.
 */
export function v2Tensors(
  input: ScoringInput,
  model: ModelTensors,
  params: PyDict | null,
): V2Tensors | null {
  const inputs = hasForm(input) ? tensorsOf(input, model) : null;
  return inputs === null || inputs.length === 0 ? null : { inputs, params };
}

/** Writes the request for REST. */
export function writeV2Request({ inputs: tensors, params }: V2Tensors, isBinary: boolean): V2Body {
  const parts: Uint8Array[] = [];
  const inputs = tensors.map((tensor) => {
    const binary = isBinary ? writeBinaryData(tensor) : null;
    if (binary !== null) parts.push(binary);
    return inputJson(tensor, binary);
  });
  const parameters = [...(params ?? [])].map(
    ([key, value]) => `${JSON.stringify(key)}:${json(value)}`,
  );
  if (isBinary) parameters.push('"binary_data_output":true');
  const head = Buffer.from(
    `{"inputs":[${inputs.join(',')}],"parameters":{${parameters.join(',')}}}`,
  );
  if (parts.length === 0) return { body: head, headerLength: null };
  return { body: Buffer.concat([head, ...parts]), headerLength: head.length };
}

function inputJson(
  { name, shape, content, contentType }: OutputTensor,
  binary: Uint8Array | null,
): string {
  const parameters: string[] = [];
  if (contentType !== null) parameters.push(`"content_type":"${contentType}"`);
  if (binary !== null) parameters.push(`"binary_data_size":${binary.length}`);
  const data = binary === null ? `,"data":${exactData(content)}` : '';
  return `{"name":${JSON.stringify(name)},"shape":[${shape.join(',')}],"datatype":"${content.datatype}","parameters":{${parameters.join(',')}}${data}}`;
}

/** Infinities have no JSON, but Python's tokens for them are understood. */
function exactData(content: OutputTensor['content']): string {
  if (content.datatype === 'BYTES' || !content.datatype.startsWith('FP'))
    return writeJsonData(content);
  return json(Array.from(content.vector.values as Float64Array));
}

function json(value: PyValue): string {
  return encodeValue(plain(value), { nonFinite: 'tokens', wrap: false });
}

function hasForm(input: ScoringInput): boolean {
  if (!isFrame(input)) return true;
  if (input.index !== undefined) return false;
  return input.columns.every(({ data }) => {
    if (data.dtype === 'bytes') return false;
    if (data.dtype !== 'object' && data.dtype !== 'str') return true;
    return data.values.length > 0 && !data.values.some((value) => isNumber(value));
  });
}

function isNumber(value: PyValue): boolean {
  return ['number', 'bigint', 'boolean'].includes(typeof value);
}

function tensorsOf(input: ScoringInput, model: ModelTensors): OutputTensor[] | null {
  const nameOf = (label: ColumnLabel): string =>
    model.inputs?.find((tensor) => tensor.label === label)?.name ?? String(label);
  if (isFrame(input)) {
    return input.columns.map(({ label, data }) =>
      tensorOf(nameOf(label), data, [input.rowCount, 1]),
    );
  }
  if (isNdArray(input)) return [tensorOf('input-0', input.data, input.shape)];
  if (!isPyDict(input)) return null;
  const entries = [...input];
  if (!entries.every(([, value]) => isNdArray(value))) return null;
  return entries.map(([name, value]) => {
    if (!isNdArray(value)) throw new Error('unreachable');
    return tensorOf(name, value.data, value.shape);
  });
}

function tensorOf(name: string, vector: Vector, shape: readonly number[]): OutputTensor {
  const datatype = datatypeOf(vector.dtype);
  if (datatype !== 'BYTES') {
    return { name, shape, contentType: null, content: { datatype, vector: vector as never } };
  }
  const [contentType, elements] = textsOf(vector);
  return { name, shape, contentType, content: { datatype, elements } };
}

function textsOf(vector: Vector): readonly [string | null, (string | Uint8Array | null)[]] {
  if (isDatetimeVector(vector)) {
    const size = nanosecondsPer(vector.dtype);
    return ['datetime', Array.from(vector.values, (ticks) => isoTimestamp(ticks * size))];
  }
  const values = vector.values as readonly PyValue[];
  if (values.every((value) => typeof value === 'string' || value === null))
    return ['str', [...values] as string[]];
  if (values.every((value) => value instanceof Uint8Array)) {
    return ['base64', values.map((value) => Buffer.from(value).toString('base64'))];
  }
  return ['pd_json', values.map((value) => json(value))];
}

/** Enforced values know NumPy's dtypes, which JSON does not. */
function plain(value: PyValue): PyValue {
  if (isNumpyScalar(value)) return value.value;
  if (isNdArray(value)) return plain(vectorValues(value.data));
  if (isPyDict(value)) return new Map([...value].map(([key, item]) => [key, plain(item)]));
  return isPyList(value) ? value.map(plain) : value;
}
