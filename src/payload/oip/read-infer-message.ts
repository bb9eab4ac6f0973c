/** Message of an inference request over gRPC → its parts, checked as those of a JSON document are. Source: Open Inference Protocol. */
import type { PyDict, PyValue } from '../../data/py-value.ts';
import { type Datatype, isDatatype } from './datatypes.ts';
import type {
  InferRequestMessage,
  LongInteger,
  ParameterMessage,
  ParameterMessages,
  TensorContents,
  TensorMessage,
} from './infer-message.ts';
import type { InferRequest } from './infer-request.ts';
import { invalidInput, invalidRequest } from './oip-error.ts';
import { readInferDocument } from './read-infer-request.ts';

/** Reads a request. @throws INVALID_INPUT */
export function readInferMessage(message: InferRequestMessage): InferRequest {
  const { id, parameters, inputs, outputs, rawInputContents: raw } = message;
  if (raw.length > 0 && raw.length !== inputs.length) {
    throw invalidRequest(
      `there are ${inputs.length} inputs, but ${raw.length} raw_input_contents; each input must have its own.`,
    );
  }
  return readInferDocument({
    id: id === '' ? null : id,
    parameters: parametersOf(parameters),
    inputs: inputs.map((input, at) => inputDocument(input, raw[at])),
    outputs: outputs.map(({ name, parameters: own }) => ({
      name,
      parameters: parametersOf(own),
    })),
  });
}

/** An input in the form that the readers of JSON documents take, with its elements as `data`. */
function inputDocument(input: TensorMessage, raw: Uint8Array | undefined): object {
  const { name, datatype, shape, parameters, contents } = input;
  return {
    name,
    datatype,
    shape: shape.map(toNumber),
    parameters: parametersOf(parameters),
    data: raw === undefined ? elementsOf(input) : rawOf(raw, contents, name),
  };
}

function rawOf(
  raw: Uint8Array,
  contents: TensorContents | null | undefined,
  name: string,
): Uint8Array {
  if (filledList(contents, null) === undefined) return raw;
  throw invalidInput(name, 'has both "contents" and raw_input_contents.');
}

/** The list in which elements of a datatype travel; FP16 has none. */
const listOfDatatype: Readonly<Record<Datatype, keyof TensorContents | null>> = {
  BOOL: 'boolContents',
  UINT8: 'uintContents',
  UINT16: 'uintContents',
  UINT32: 'uintContents',
  UINT64: 'uint64Contents',
  INT8: 'intContents',
  INT16: 'intContents',
  INT32: 'intContents',
  INT64: 'int64Contents',
  FP16: null,
  FP32: 'fp32Contents',
  FP64: 'fp64Contents',
  BYTES: 'bytesContents',
};

/** Elements as JSON would have them, but bytes as bytes. */
function elementsOf({ name, datatype, contents }: TensorMessage): readonly unknown[] {
  const wanted = isDatatype(datatype) ? listOfDatatype[datatype] : null;
  const other = filledList(contents, wanted);
  if (other !== undefined && isDatatype(datatype)) {
    const where =
      wanted === null
        ? 'FP16 must be sent in raw_input_contents, as no list holds it'
        : `those of ${datatype} belong in ${fieldName(wanted)}`;
    throw invalidInput(name, `has elements in ${fieldName(other)}; ${where}.`);
  }
  if (contents === null || contents === undefined || wanted === null) return [];
  switch (wanted) {
    case 'int64Contents':
      return Array.from(new BigInt64Array(halvesOf(contents[wanted] ?? [])));
    case 'uint64Contents':
      return Array.from(new BigUint64Array(halvesOf(contents[wanted] ?? [])));
    default:
      return contents[wanted] ?? [];
  }
}

/** A list, other than the one that is allowed, that has elements. */
function filledList(
  contents: TensorContents | null | undefined,
  allowed: keyof TensorContents | null,
): keyof TensorContents | undefined {
  if (contents === null || contents === undefined) return undefined;
  const lists = Object.keys(contents) as (keyof TensorContents)[];
  return lists.find((list) => list !== allowed && (contents[list]?.length ?? 0) > 0);
}

/** The integers one after another, as their bytes. */
function halvesOf(list: readonly LongInteger[]): ArrayBuffer {
  const halves = new Int32Array(list.length * 2);
  for (const [at, { low, high }] of list.entries()) {
    halves[2 * at] = low;
    halves[2 * at + 1] = high;
  }
  return halves.buffer;
}

/** Name in the published proto. */
function fieldName(list: keyof TensorContents): string {
  return list.replace('Contents', '_contents');
}

function parametersOf(parameters: ParameterMessages): PyDict | null {
  const entries = Object.entries(parameters);
  if (entries.length === 0) return null;
  return new Map(entries.map(([name, parameter]) => [name, valueOf(parameter)]));
}

/** Null where the message holds no value. */
function valueOf(parameter: ParameterMessage): PyValue {
  const { boolParam, stringParam, doubleParam, int64Param, uint64Param } = parameter;
  const long = int64Param ?? uint64Param;
  if (long !== undefined && long !== null) return toBigint(long);
  return boolParam ?? stringParam ?? doubleParam ?? null;
}

/** Exact for what a shape may hold; what is not is refused there. */
function toNumber({ low, high }: LongInteger): number {
  return high * 2 ** 32 + (low >>> 0);
}

function toBigint({ low, high, unsigned }: LongInteger): bigint {
  const value = (BigInt(high) << 32n) | BigInt(low >>> 0);
  return unsigned ? BigInt.asUintN(64, value) : value;
}
