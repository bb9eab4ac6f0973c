/** A prediction → the message of an inference response over gRPC. Sources: Open Inference Protocol, MLServer 1.7.1 grpc/converters.py. */
import type { Prediction } from '../../data/scoring-data.ts';
import { encodeValue } from '../encode-value.ts';
import { chooseOutputs, type ResponseModel } from './encode-infer-response.ts';
import type {
  InferResponseMessage,
  LongInteger,
  ParameterMessages,
  TensorContents,
  TensorMessage,
} from './infer-message.ts';
import type { InferRequest } from './infer-request.ts';
import type { NumericContent, OutputTensor, TextContent } from './output-tensor.ts';
import { toOutputTensors } from './to-output-tensors.ts';
import { writeBinaryData } from './write-tensor.ts';

/**
 * Writes the outputs that `request` asks for: raw where its inputs were, else each in the list of its datatype. FP16, which
 * has none, makes all of them raw.
 *
 * @throws INVALID_INPUT for an output that there is not, UNENCODABLE_RESULT
 */
export function writeInferMessage(
  prediction: Prediction,
  request: InferRequest,
  model: ResponseModel,
  isRaw: boolean,
): InferResponseMessage {
  const tensors = toOutputTensors(prediction);
  const chosen = chooseOutputs(tensors.outputs, request, model.tensors);
  const outputs = chosen.map(({ output }) => withoutMissing(output));
  const allRaw = isRaw || outputs.some(({ content }) => content.datatype === 'FP16');
  return {
    modelName: model.name,
    modelVersion: model.version ?? '',
    id: request.id ?? '',
    parameters: contentType(tensors.contentType),
    outputs: outputs.map((output) => tensorMessage(output, allRaw)),
    rawOutputContents: allRaw ? outputs.map(rawContents) : [],
  };
}

/** A missing text has no bytes, so texts of which some are missing travel as JSON documents. */
function withoutMissing(output: OutputTensor): OutputTensor {
  const { content } = output;
  if (content.datatype !== 'BYTES' || !content.elements.includes(null)) return output;
  const elements = content.elements.map((element) =>
    encodeValue(element, { nonFinite: 'null', wrap: false }),
  );
  return { ...output, contentType: 'pd_json', content: { datatype: 'BYTES', elements } };
}

/** An output as a message; without its elements where they go raw. */
export function tensorMessage(output: OutputTensor, isRaw: boolean): TensorMessage<number> {
  const { name, shape, content } = output;
  return {
    name,
    datatype: content.datatype,
    shape,
    parameters: contentType(output.contentType),
    ...(isRaw ? {} : { contents: contentsOf(content) }),
  };
}

function contentType(name: string | null): ParameterMessages {
  return name === null ? {} : { content_type: { stringParam: name } };
}

function rawContents(output: OutputTensor): Uint8Array {
  const bytes = writeBinaryData(output);
  if (bytes === null) throw new Error('a missing text was left');
  return bytes;
}

function contentsOf(content: NumericContent | TextContent): TensorContents {
  if (content.datatype === 'BYTES') return { bytesContents: content.elements.map(toBytes) };
  const { vector } = content;
  switch (vector.dtype) {
    case 'bool':
      return { boolContents: Array.from(vector.values, (value) => value !== 0) };
    case 'int64':
      return { int64Contents: toLongs(vector.values, false) };
    case 'uint64':
      return { uint64Contents: toLongs(vector.values, true) };
    case 'float64':
      return { fp64Contents: Array.from(vector.values) };
    case 'float16':
    case 'float32':
      return { fp32Contents: Array.from(vector.values) };
    case 'int8':
    case 'int16':
    case 'int32':
      return { intContents: Array.from(vector.values) };
    default:
      return { uintContents: Array.from(vector.values) };
  }
}

function toBytes(element: string | Uint8Array | null): Uint8Array {
  return element instanceof Uint8Array ? element : Buffer.from(element ?? '');
}

function toLongs(
  { buffer, byteOffset, length }: BigInt64Array | BigUint64Array,
  unsigned: boolean,
): readonly LongInteger[] {
  const halves = new Int32Array(buffer, byteOffset, length * 2);
  return Array.from({ length }, (_, at) => ({
    low: halves[2 * at] ?? 0,
    high: halves[2 * at + 1] ?? 0,
    unsigned,
  }));
}
