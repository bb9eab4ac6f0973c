import type { Vector } from '../../data/vector.ts';
import type { Datatype, NumericDatatype } from './datatypes.ts';

/** One output of an inference response, before it is written. */
export interface OutputTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Absent for numeric columns of a frame, as MLServer has it. */
  readonly contentType: string | null;
  readonly content: NumericContent | TextContent;
}

/** Numbers and booleans. */
export interface NumericContent {
  readonly datatype: NumericDatatype;
  readonly vector: NumericVector;
}

/** `BYTES`: texts and byte strings; null is missing. */
export interface TextContent {
  readonly datatype: Extract<Datatype, 'BYTES'>;
  readonly elements: readonly (string | Uint8Array | null)[];
}

/** Vectors of the numeric datatypes. */
export type NumericVector = Extract<Vector, { readonly values: ArrayBufferView }> & {
  readonly dtype: Exclude<Vector['dtype'], `datetime64[${string}]`>;
};

/** The outputs of one prediction. */
export interface OutputTensors {
  /** Content type of the response. */
  readonly contentType: string;
  readonly outputs: readonly OutputTensor[];
}
