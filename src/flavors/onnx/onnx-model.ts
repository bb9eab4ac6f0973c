/** What an ONNX file says, as far as scoring and its checks need it. Source: onnx.proto of ONNX 1.23. */

/** A model: one main graph and the functions that its nodes may call. */
export interface OnnxModel {
  readonly irVersion: number;
  /** Domain → version; the ONNX domain is the empty string. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly graph: OnnxGraph;
  readonly functions: readonly OnnxFunction[];
}

/** A main graph or a body of If, Loop, Scan. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  /** Names of the sparse initializers. */
  readonly sparseInitializers: readonly string[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

/** A function of the model itself, called by nodes of its domain and name. */
export interface OnnxFunction {
  readonly name: string;
  readonly domain: string;
  readonly opsets: ReadonlyMap<string, number>;
  readonly nodes: readonly OnnxNode[];
}

/** One operation. */
export interface OnnxNode {
  readonly opType: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

/** A parameter of a node. Lists of numbers and strings stay bytes until somebody asks for them. */
export interface OnnxAttribute {
  /** `AttributeProto.type`; 0 where the file has none. */
  readonly type: number;
  /** The AttributeProto. */
  readonly bytes: Uint8Array;
  readonly tensors: readonly OnnxTensor[];
  readonly graphs: readonly OnnxGraph[];
}

/** A constant. */
export interface OnnxTensor {
  readonly name: string;
  /** `TensorProto.DataType`. */
  readonly dataType: number;
  readonly dims: readonly number[];
  /** The TensorProto. */
  readonly bytes: Uint8Array;
  /** Where its numbers stand if not in the model file. */
  readonly external: ExternalData | null;
}

/** A stretch of a file beside the model. */
export interface ExternalData {
  readonly location: string;
  readonly offset: number;
  /** Absent: to the end of the file. */
  readonly length: number | null;
}

/** A named input or output. */
export interface OnnxValue {
  readonly name: string;
  readonly type: ValueType;
}

/** Type of a value; `unknown` for one that the file does not state, or that this reader does not know. */
export type ValueType =
  | TensorType
  | {
      readonly kind: 'sequence' | 'optional' | 'map' | 'sparse tensor' | 'unknown';
      /** In words: `sequence(map(int64, tensor(float)))`. */
      readonly text: string;
    };

/** A tensor type. */
export interface TensorType {
  readonly kind: 'tensor';
  readonly elementType: number;
  /** Null where the rank is free; a dimension is a number, a name, or null where it is free. */
  readonly shape: readonly Dimension[] | null;
}

/** One dimension of a declared shape. */
export type Dimension = number | string | null;
