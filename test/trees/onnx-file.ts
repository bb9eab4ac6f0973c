/** Files of ONNX models, written field by field. */
import { bytesField, integerField, textField } from '../../src/flavors/onnx/write-fields.ts';

/** Element types. */
export const float = 1;
export const int64 = 7;
export const string = 8;

/** A NodeProto. */
export interface NodeParts {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: readonly Uint8Array[];
  /** Default: that of ONNX. */
  readonly domain?: string;
}

/** Writes one. */
export function nodeOf({
  opType,
  inputs,
  outputs,
  attributes = [],
  domain = '',
}: NodeParts): Uint8Array {
  return Buffer.concat([
    ...inputs.map((name) => textField(1, name)),
    ...outputs.map((name) => textField(2, name)),
    textField(4, opType),
    ...attributes.map((bytes) => bytesField(5, bytes)),
    ...(domain === '' ? [] : [textField(7, domain)]),
  ]);
}

/** What a file is made of. */
export interface ModelParts {
  readonly nodes: readonly Uint8Array[];
  readonly initializers?: readonly Uint8Array[];
  /** The input is `X`, of float32 [any, features]. */
  readonly featureCount: number;
  readonly outputs: readonly Uint8Array[];
}

/** A ModelProto. */
export function modelOf({
  nodes,
  initializers = [],
  featureCount,
  outputs,
}: ModelParts): Uint8Array {
  const graph = Buffer.concat([
    ...nodes.map((node) => bytesField(1, node)),
    textField(2, 'graph'),
    ...initializers.map((tensor) => bytesField(5, tensor)),
    bytesField(11, valueOf('X', float, [null, featureCount])),
    ...outputs.map((output) => bytesField(12, output)),
  ]);
  return Buffer.concat([
    integerField(1, 8),
    bytesField(7, graph),
    bytesField(8, integerField(2, 15)),
    bytesField(8, Buffer.concat([textField(1, 'ai.onnx.ml'), integerField(2, 3)])),
  ]);
}

/** ValueInfoProto of a tensor; null for any size. */
export function valueOf(
  name: string,
  elementType: number,
  dims: readonly (number | null)[],
): Uint8Array {
  const shape = Buffer.concat(
    dims.map((dim) => bytesField(1, dim === null ? textField(2, 'N') : integerField(1, dim))),
  );
  const type = bytesField(1, Buffer.concat([integerField(1, elementType), bytesField(2, shape)]));
  return Buffer.concat([textField(1, name), bytesField(2, type)]);
}

/** TensorProto of float32. */
export function floatTensor(
  name: string,
  dims: readonly number[],
  values: readonly number[],
): Uint8Array {
  const bytes = new Uint8Array(Float32Array.from(values).buffer);
  return tensorOf({ name, elementType: float, dims, bytes });
}

/** TensorProto of int64. */
export function int64Tensor(
  name: string,
  dims: readonly number[],
  values: readonly number[],
): Uint8Array {
  const bytes = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
  return tensorOf({ name, elementType: int64, dims, bytes });
}

interface TensorFields {
  readonly name: string;
  readonly elementType: number;
  readonly dims: readonly number[];
  readonly bytes: Uint8Array;
}

function tensorOf({ name, elementType, dims, bytes }: TensorFields): Uint8Array {
  const sizes = dims.map((dim) => integerField(1, dim));
  const type = integerField(2, elementType);
  return Buffer.concat([...sizes, type, textField(8, name), bytesField(9, bytes)]);
}

/** An attribute with texts. */
export function texts(name: string, values: readonly string[]): Uint8Array {
  return attribute(
    name,
    8,
    values.map((text) => textField(9, text)),
  );
}

/** An attribute with integers that are not negative. */
export function ints(name: string, values: readonly number[]): Uint8Array {
  return attribute(
    name,
    7,
    values.map((one) => integerField(8, one)),
  );
}

/** An attribute with floats. */
export function floats(name: string, values: readonly number[]): Uint8Array {
  return attribute(name, 6, [bytesField(7, new Uint8Array(Float32Array.from(values).buffer))]);
}

/** An AttributeProto of a type, with fields. */
export function attribute(name: string, type: number, parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([textField(1, name), ...parts, integerField(20, type)]);
}
