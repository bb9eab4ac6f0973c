/**
 * Inputs of an inference request → what the model is to score, before enforcement: a frame, an array, or arrays by name.
 * Source: MLServer 1.7.1 codecs/{pandas,numpy,utils}.py, mlserver-mlflow 1.7.1 codecs.py.
 */
import { type Column, frame } from '../../data/frame.ts';
import { type NdArray, ndArray } from '../../data/nd-array.ts';
import type { ScoringInput } from '../../data/scoring-data.ts';
import { elementAt } from '../../data/vector-values.ts';
import type { Vector } from '../../data/vector.ts';
import { decodeTexts } from './decode-texts.ts';
import { flattenData } from './flatten-data.ts';
import type { InferInput, InferRequest } from './infer-request.ts';
import type { ModelTensor, ModelTensors, RequestContentType } from './model-tensors.ts';
import { invalidInput, invalidRequest, shapeText, shorten } from './oip-error.ts';
import { packNumbers } from './pack-numbers.ts';
import { unpackNumbers } from './unpack-binary.ts';

/** Decodes by the content types of the request, else by those of the signature. @throws INVALID_INPUT */
export function decodeInferInput(request: InferRequest, model: ModelTensors): ScoringInput {
  const { inputs } = request;
  switch (contentTypeOf(request, model)) {
    case 'pd':
      return decodeFrame(inputs, model);
    case 'np':
      return decodeArray(onlyInput(inputs, 'np'), model);
    case 'dict':
      return new Map(inputs.map((input) => [nameOf(input, model), decodeArray(input, model)]));
    case 'str':
      return decodeTexts(onlyInput(inputs, 'str'), 'str', true).values as readonly string[];
  }
}

const requestContentTypes: ReadonlySet<string> = new Set(['pd', 'np', 'dict', 'str']);

/** Without signature and content type, a single input is an array and several are columns. */
function contentTypeOf(
  { contentType, inputs }: InferRequest,
  model: ModelTensors,
): RequestContentType {
  if (contentType === null) return model.contentType ?? (inputs.length === 1 ? 'np' : 'pd');
  if (requestContentTypes.has(contentType)) return contentType as RequestContentType;
  throw invalidRequest(
    `the content type "${shorten(contentType)}" is not known for requests; it must be one of ${[...requestContentTypes].join(', ')}.`,
  );
}

function onlyInput(inputs: readonly InferInput[], contentType: string): InferInput {
  const [first] = inputs;
  if (first !== undefined && inputs.length === 1) return first;
  throw invalidRequest(
    `the content type "${contentType}" takes one input, but there are ${inputs.length}.`,
  );
}

/** What the model says of an input; undefined where it has no signature. @throws INVALID_INPUT for a name that it does not know */
function tensorOf(input: InferInput, model: ModelTensors): ModelTensor | undefined {
  if (model.inputs === null) return undefined;
  const tensor = model.inputsByName.get(input.name);
  if (tensor !== undefined) return tensor;
  if (model.takesAnyName) return model.inputs.length === 1 ? model.inputs[0] : undefined;
  const names = model.inputs.slice(0, 20).map(({ name }) => `'${shorten(name)}'`);
  const more = model.inputs.length > 20 ? ', …' : '';
  throw invalidInput(
    input.name,
    `is not known to the model; its inputs are ${names.join(', ')}${more}.`,
  );
}

/** A tensor with an empty name goes by its position. */
function nameOf(input: InferInput, model: ModelTensors): string {
  return String(tensorOf(input, model)?.label ?? input.name);
}

function decodeArray(input: InferInput, model: ModelTensors): NdArray {
  const tensor = tensorOf(input, model);
  const vector = decodeVector(input, tensor);
  const wantsObjects =
    tensor !== undefined && 'dtypeName' in tensor.spec && tensor.spec.dtype === 'object';
  const data: Vector =
    wantsObjects && vector.dtype === 'str' ? { dtype: 'object', values: vector.values } : vector;
  return ndArray(data, input.shape);
}

function decodeVector(input: InferInput, tensor: ModelTensor | undefined): Vector {
  const { datatype, data, name } = input;
  if (datatype === 'BYTES') {
    const isTold = input.contentType !== null;
    return decodeTexts(input, input.contentType ?? tensor?.contentType ?? null, isTold);
  }
  if (data instanceof Uint8Array) return unpackNumbers(input, datatype, data);
  return packNumbers(flattenData(input, data.json), datatype, name);
}

function decodeFrame(inputs: readonly InferInput[], model: ModelTensors): ScoringInput {
  const rowCount = inputs[0]!.shape[0] ?? 1;
  const columns = inputs.map((input) => decodeColumn(input, rowCount, tensorOf(input, model)));
  return frame(model.takesAnyName ? inPlace(columns) : columns, rowCount);
}

/** Without names only the order counts, and `input-<i>` says it. */
function inPlace(columns: readonly Column[]): readonly Column[] {
  if (!columns.every(({ label }) => typeof label === 'number')) return columns;
  return columns.toSorted((a, b) => Number(a.label) - Number(b.label));
}

function decodeColumn(
  input: InferInput,
  rowCount: number,
  tensor: ModelTensor | undefined,
): Column {
  const { shape, name } = input;
  if (shape.length === 0 || shape[0] !== rowCount) {
    throw invalidInput(
      name,
      `has the shape ${shapeText(shape)}, but the first input has ${rowCount} rows; all must have as many.`,
    );
  }
  const label = tensor?.label ?? name;
  if (input.count === rowCount) return { label, data: decodeVector(input, tensor) };
  if (shape.length === 2 && takesLists(tensor)) {
    return { label, data: rowsOf(decodeVector(input, tensor), rowCount, shape[1]!) };
  }
  const wanted = shapeText(tensor?.shape ?? [-1, 1]);
  throw invalidInput(
    name,
    `has the shape ${shapeText(shape)}; wanted is ${wanted}, one value a row.`,
  );
}

function takesLists(tensor: ModelTensor | undefined): boolean {
  return tensor !== undefined && 'type' in tensor.spec && tensor.spec.type.kind === 'array';
}

/** Rows of a matrix as lists, for a column of arrays. */
function rowsOf(vector: Vector, rowCount: number, width: number): Vector {
  const values = Array.from({ length: rowCount }, (_, row) =>
    Array.from({ length: width }, (_unused, at) => elementAt(vector, row * width + at)),
  );
  return { dtype: 'object', values };
}
