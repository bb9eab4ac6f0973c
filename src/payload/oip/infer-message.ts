/** The messages of an inference over gRPC, as `proto/open_inference_grpc.proto` names their fields. */

/** A 64-bit integer in two halves. */
export interface LongInteger {
  readonly low: number;
  readonly high: number;
  readonly unsigned: boolean;
}

/** One of the values of a parameter; of several the last one sent is left. */
export interface ParameterMessage {
  readonly boolParam?: boolean;
  readonly int64Param?: LongInteger;
  readonly stringParam?: string;
  readonly doubleParam?: number;
  readonly uint64Param?: LongInteger;
}

/** Parameters by name. */
export type ParameterMessages = Readonly<Record<string, ParameterMessage>>;

/** Elements of a tensor, in the list of its datatype. */
export interface TensorContents {
  readonly boolContents?: readonly boolean[];
  readonly intContents?: readonly number[];
  readonly int64Contents?: readonly LongInteger[];
  readonly uintContents?: readonly number[];
  readonly uint64Contents?: readonly LongInteger[];
  readonly fp32Contents?: readonly number[];
  readonly fp64Contents?: readonly number[];
  readonly bytesContents?: readonly Uint8Array[];
}

/** An input, or an output. */
export interface TensorMessage<Size = LongInteger> {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly Size[];
  readonly parameters: ParameterMessages;
  /** Null or absent where the elements are raw. */
  readonly contents?: TensorContents | null;
}

/** `ModelInferRequest`. */
export interface InferRequestMessage {
  readonly modelName: string;
  readonly modelVersion: string;
  readonly id: string;
  readonly parameters: ParameterMessages;
  readonly inputs: readonly TensorMessage[];
  readonly outputs: readonly Pick<TensorMessage, 'name' | 'parameters'>[];
  readonly rawInputContents: readonly Uint8Array[];
}

/** `ModelInferResponse`. */
export interface InferResponseMessage {
  readonly modelName: string;
  readonly modelVersion: string;
  readonly id: string;
  readonly parameters: ParameterMessages;
  readonly outputs: readonly TensorMessage<number>[];
  readonly rawOutputContents: readonly Uint8Array[];
}
