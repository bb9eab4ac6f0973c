import type { PyValue } from '../../data/py-value.ts';
import type { Datatype } from './datatypes.ts';

/** An inference request, its form checked and its data not yet read. */
export interface InferRequest {
  readonly id: string | null;
  /** `parameters.content_type` of the request. */
  readonly contentType: string | null;
  readonly inputs: readonly InferInput[];
  /** Outputs that the client asks for; null: all. */
  readonly outputs: readonly RequestedOutput[] | null;
  /** `parameters.binary_data_output`: what outputs do that do not say. */
  readonly binaryOutput: boolean;
  /** Params of the model: members of `parameters` that the protocol does not name. Null when there are none. */
  readonly params: PyValue;
}

/** One input. */
export interface InferInput {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  /** Elements that the shape names. */
  readonly count: number;
  readonly contentType: string | null;
  /** Bytes of a binary tensor, else what stands in `data`. */
  readonly data: Uint8Array | JsonData;
}

/** The member `data` of an input: a list, maybe nested, or a single value. From gRPC, elements of BYTES are bytes. */
export interface JsonData {
  readonly json: unknown;
}

/** One of `outputs`. */
export interface RequestedOutput {
  readonly name: string;
  /** `parameters.binary_data`; null when it is not said. */
  readonly binary: boolean | null;
}
