/** Body of an inference request → its parts, sizes checked before anything is read. Sources: Open Inference Protocol, its binary tensor extension. */
import type { PyDict } from '../../data/py-value.ts';
import { parseJson } from '../json/parse-json.ts';
import { datatypeNames, isDatatype } from './datatypes.ts';
import type { InferInput, InferRequest, RequestedOutput } from './infer-request.ts';
import { holdsRoundedInteger, isObject, keysOf, memberOf, parseQuickly } from './json-document.ts';
import { invalidInput, invalidRequest, shapeText, shorten } from './oip-error.ts';

/** Members of `parameters` that are not params of the model. */
const protocolParameters = new Set(['content_type', 'headers', 'binary_data_output']);

/** Most dimensions that NumPy knows. */
const mostDimensions = 64;

/** Most inputs of one request: a bound for the loops over them. */
const mostInputs = 100_000;

/**
 * Reads a request.
 *
 * @param headerLength bytes of JSON before the binary tensors; null: the whole body is JSON
 * @throws INVALID_INPUT
 */
export function readInferRequest(body: Uint8Array, headerLength: number | null): InferRequest {
  if (headerLength !== null && headerLength > body.length) {
    throw invalidRequest(
      `Inference-Header-Content-Length is ${headerLength}, but the body has only ${body.length} bytes.`,
    );
  }
  const json = headerLength === null ? body : body.subarray(0, headerLength);
  const tail = headerLength === null ? null : body.subarray(headerLength);
  const quick = parseQuickly(json);
  if (quick !== undefined && !mayHaveLost(quick)) return readInferDocument(quick, tail);
  return readInferDocument(parseJson(json), tail);
}

/** True where the exact parser must read: params tell 1 from 1.0, and 64-bit integers have more digits than a double. */
function mayHaveLost(document: unknown): boolean {
  if (!isObject(document)) return false;
  const parameters = memberOf(document, 'parameters');
  if (isObject(parameters) && keysOf(parameters).some((key) => !protocolParameters.has(key)))
    return true;
  const inputs = memberOf(document, 'inputs');
  if (!Array.isArray(inputs)) return false;
  return (inputs as readonly unknown[]).some(
    (input) =>
      isObject(input) &&
      isLong(memberOf(input, 'datatype')) &&
      holdsRoundedInteger(memberOf(input, 'data')),
  );
}

function isLong(datatype: unknown): boolean {
  return datatype === 'INT64' || datatype === 'UINT64';
}

/**
 * Reads a request that has been parsed. Where it did not come as JSON, `data` of an input may hold its raw bytes, or
 * byte strings.
 *
 * @param tail binary tensors behind the document
 * @throws INVALID_INPUT
 */
export function readInferDocument(document: unknown, tail: Uint8Array | null = null): InferRequest {
  if (!isObject(document)) throw invalidRequest('the body must be a JSON object with "inputs".');
  const parameters = readParameters(document, 'the request');
  return {
    id: readId(document),
    contentType: textParameter(parameters, 'content_type'),
    inputs: readInputs(memberOf(document, 'inputs'), tail),
    outputs: readOutputs(memberOf(document, 'outputs')),
    binaryOutput: flagParameter(parameters, 'binary_data_output') ?? false,
    params: readParams(parameters),
  };
}

function readId(document: object): string | null {
  const id = memberOf(document, 'id') ?? null;
  if (id === null || typeof id === 'string') return id;
  throw invalidRequest('"id" must be a string.');
}

function readParameters(owner: object, whose: string): object | null {
  const parameters = memberOf(owner, 'parameters') ?? null;
  if (parameters === null || isObject(parameters)) return parameters;
  throw invalidRequest(`"parameters" of ${whose} must be an object.`);
}

function textParameter(parameters: object | null, key: string): string | null {
  const value = parameters === null ? null : (memberOf(parameters, key) ?? null);
  if (value === null || typeof value === 'string') return value;
  throw invalidRequest(`the parameter "${key}" must be a string.`);
}

function flagParameter(parameters: object | null, key: string): boolean | null {
  const value = parameters === null ? null : (memberOf(parameters, key) ?? null);
  if (value === null || typeof value === 'boolean') return value;
  throw invalidRequest(`the parameter "${key}" must be true or false.`);
}

/** Params are read exactly, so they come from a Map. */
function readParams(parameters: object | null): PyDict | null {
  if (!(parameters instanceof Map)) return null;
  const entries = [...(parameters as PyDict)].filter(([key]) => !protocolParameters.has(key));
  return entries.length === 0 ? null : new Map(entries);
}

function readInputs(inputs: unknown, tail: Uint8Array | null): InferInput[] {
  if (!Array.isArray(inputs)) throw invalidRequest('"inputs" must be a list of tensors.');
  if (inputs.length === 0) throw invalidRequest('"inputs" is empty; send at least one tensor.');
  if (inputs.length > mostInputs) throw invalidRequest(`there are more than ${mostInputs} inputs.`);
  const binary = { tail, at: 0 };
  const read = (inputs as readonly unknown[]).map((input, place) =>
    readInput(input, place, binary),
  );
  const names = new Set(read.map(({ name }) => name));
  if (names.size < read.length) throw invalidRequest('two inputs have the same name.');
  const unread = (tail?.length ?? 0) - binary.at;
  if (unread === 0) return read;
  throw invalidRequest(
    `${unread} bytes of binary data belong to no input; check each "binary_data_size".`,
  );
}

interface BinaryCursor {
  readonly tail: Uint8Array | null;
  at: number;
}

function readInput(input: unknown, place: number, binary: BinaryCursor): InferInput {
  if (!isObject(input)) throw invalidRequest(`input ${place} is not an object.`);
  const name = memberOf(input, 'name');
  if (typeof name !== 'string') throw invalidRequest(`input ${place} has no "name".`);
  const datatype = memberOf(input, 'datatype');
  if (!isDatatype(datatype)) {
    const known = datatypeNames.join(', ');
    throw invalidInput(name, `has no datatype that is known; it must be one of ${known}.`);
  }
  const shape = readShape(memberOf(input, 'shape'), name);
  const parameters = readParameters(input, `input '${shorten(name)}'`);
  return {
    name,
    datatype,
    shape,
    count: countElements(shape, name),
    contentType: textParameter(parameters, 'content_type'),
    data: readData(input, parameters, name, binary),
  };
}

function readShape(shape: unknown, name: string): readonly number[] {
  if (!Array.isArray(shape))
    throw invalidInput(name, 'has no "shape", which must be a list of integers.');
  if (shape.length > mostDimensions) {
    throw invalidInput(
      name,
      `has ${shape.length} dimensions; at most ${mostDimensions} are possible.`,
    );
  }
  return (shape as readonly unknown[]).map((size) => {
    const number = typeof size === 'bigint' ? Number(size) : size;
    if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number;
    throw invalidInput(
      name,
      'has a "shape" with something other than integers from 0 upward in it.',
    );
  });
}

/** The product, which a shape of zeros and huge sizes cannot make overflow. */
function countElements(shape: readonly number[], name: string): number {
  if (shape.includes(0)) return 0;
  const count = shape.reduce((product, size) => product * size, 1);
  if (Number.isSafeInteger(count)) return count;
  throw invalidInput(
    name,
    `has the shape ${shapeText(shape)}: that is more than any request can hold.`,
  );
}

function readData(
  input: object,
  parameters: object | null,
  name: string,
  binary: BinaryCursor,
): InferInput['data'] {
  const size = parameters === null ? undefined : memberOf(parameters, 'binary_data_size');
  const json = memberOf(input, 'data');
  if (json instanceof Uint8Array) return json;
  if (size === undefined || size === null) {
    if (json !== undefined && json !== null) return { json };
    throw invalidInput(name, 'has neither "data" nor a parameter "binary_data_size".');
  }
  if (json !== undefined) throw invalidInput(name, 'has both "data" and "binary_data_size".');
  return takeBinary(typeof size === 'bigint' ? Number(size) : size, name, binary);
}

function takeBinary(size: unknown, name: string, binary: BinaryCursor): Uint8Array {
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw invalidInput(name, 'has a "binary_data_size" that is not a size in bytes.');
  }
  if (binary.tail === null) {
    throw invalidInput(
      name,
      'is sent as binary data, but the header Inference-Header-Content-Length is missing.',
    );
  }
  const left = binary.tail.length - binary.at;
  if (size > left) {
    throw invalidInput(
      name,
      `says ${size} bytes of binary data, but only ${left} are left in the body.`,
    );
  }
  binary.at += size;
  return binary.tail.subarray(binary.at - size, binary.at);
}

function readOutputs(outputs: unknown): readonly RequestedOutput[] | null {
  if (outputs === undefined || outputs === null) return null;
  if (!Array.isArray(outputs)) throw invalidRequest('"outputs" must be a list.');
  if (outputs.length === 0) return null;
  return (outputs as readonly unknown[]).map((output, place) => {
    const name = isObject(output) ? memberOf(output, 'name') : undefined;
    if (!isObject(output) || typeof name !== 'string') {
      throw invalidRequest(`output ${place} has no "name".`);
    }
    const parameters = readParameters(output, `output '${shorten(name)}'`);
    return { name, binary: flagParameter(parameters, 'binary_data') };
  });
}
