/** A prediction → the body of an inference response: JSON, with binary tensors behind it where the client asked for them. */
import type { Prediction } from '../../data/scoring-data.ts';
import type { InferRequest, RequestedOutput } from './infer-request.ts';
import type { ModelTensors } from './model-tensors.ts';
import { invalidRequest, shorten } from './oip-error.ts';
import type { OutputTensor } from './output-tensor.ts';
import { toOutputTensors } from './to-output-tensors.ts';
import { writeBinaryData, writeJsonData } from './write-tensor.ts';

/** A model as its responses name it. */
export interface ResponseModel {
  readonly name: string;
  readonly version: string | null;
  readonly tensors: ModelTensors;
}

/** The body. */
export interface InferResponse {
  readonly json: string;
  /** Binary tensors in the order of the outputs; null when nothing is binary, and the body is JSON alone. */
  readonly binary: readonly Uint8Array[] | null;
}

interface WrittenOutput {
  readonly output: OutputTensor;
  readonly binary: Uint8Array | null;
}

/** An output that the client wants. */
export interface ChosenOutput {
  readonly output: OutputTensor;
  /** True where the client asks for a binary tensor. */
  readonly isBinary: boolean;
}

/** Writes the outputs that `request` asks for. @throws INVALID_INPUT for one that there is not, UNENCODABLE_RESULT */
export function encodeInferResponse(
  prediction: Prediction,
  request: InferRequest,
  model: ResponseModel,
): InferResponse {
  const { contentType, outputs } = toOutputTensors(prediction);
  const written = chooseOutputs(outputs, request, model.tensors).map(write);
  const id = request.id === null ? '' : `"id":${JSON.stringify(request.id)},`;
  const version = model.version === null ? '' : `"model_version":${JSON.stringify(model.version)},`;
  const texts = written.map(outputJson).join(',');
  const json =
    `{"model_name":${JSON.stringify(model.name)},${version}${id}` +
    `"parameters":{"content_type":"${contentType}"},"outputs":[${texts}]}`;
  const parts = written.flatMap(({ binary }) => (binary === null ? [] : [binary]));
  return { json, binary: parts.length === 0 ? null : parts };
}

/** The outputs that the client asks for; all, unless it names some. @throws INVALID_INPUT for one that there is not */
export function chooseOutputs(
  outputs: readonly OutputTensor[],
  { outputs: requested, binaryOutput }: InferRequest,
  model: ModelTensors,
): readonly ChosenOutput[] {
  if (requested === null) return outputs.map((output) => ({ output, isBinary: binaryOutput }));
  return requested.map((one) => ({
    output: find(outputs, one, model),
    isBinary: one.binary ?? binaryOutput,
  }));
}

function write({ output, isBinary }: ChosenOutput): WrittenOutput {
  return { output, binary: isBinary ? writeBinaryData(output) : null };
}

/** An output goes by its own name, or by the one that the metadata has in its place. */
function find(
  outputs: readonly OutputTensor[],
  { name }: RequestedOutput,
  model: ModelTensors,
): OutputTensor {
  const own = outputs.find((output) => output.name === name);
  if (own !== undefined) return own;
  const declared = model.outputs ?? [];
  const place = declared.findIndex((output) => output.name === name);
  const output = declared.length === outputs.length ? outputs[place] : undefined;
  if (output !== undefined) return { ...output, name };
  const names = outputs.slice(0, 20).map((one) => `'${shorten(one.name)}'`);
  throw invalidRequest(
    `there is no output '${shorten(name)}'; the outputs are ${names.join(', ')}.`,
  );
}

function outputJson({ output, binary }: WrittenOutput): string {
  const { name, shape, contentType, content } = output;
  const parameters: string[] = [];
  if (contentType !== null) parameters.push(`"content_type":"${contentType}"`);
  if (binary !== null) parameters.push(`"binary_data_size":${binary.length}`);
  const described = parameters.length === 0 ? '' : `"parameters":{${parameters.join(',')}}`;
  const data = binary === null ? `"data":${writeJsonData(content)}` : '';
  const members = [
    `"name":${JSON.stringify(name)}`,
    `"shape":[${shape.join(',')}]`,
    `"datatype":"${content.datatype}"`,
    ...[described, data].filter((member) => member !== ''),
  ];
  return `{${members.join(',')}}`;
}
