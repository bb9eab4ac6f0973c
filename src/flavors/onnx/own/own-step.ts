/** What our own code computes of a graph, operation by operation, on rows: the first dimension of every value counts them. */
import type { Constants } from '../constants.ts';
import type { OnnxNode } from '../onnx-model.ts';

/** Elements of a value, row by row. */
export type RowValues = Float32Array | BigInt64Array | readonly string[];

/** Element type of a value, and elements of a row; null for a value of one dimension. */
export interface RowShape {
  readonly type: 'float32' | 'int64' | 'string';
  readonly width: number | null;
}

/** One run. */
export interface StepCall {
  readonly rowCount: number;
  readonly signal: AbortSignal;
}

/** Threads of the steps. */
export interface StepOptions {
  /** Threads that onnxruntime would use; undefined: as many as it chooses by itself. */
  readonly asIf: number | undefined;
  /** Most threads for big batches; undefined: the number of cores. */
  readonly own: number | undefined;
}

/** How a step is used in its graph. */
export interface StepUse {
  /** It may write over its first input. */
  readonly mayOverwrite: boolean;
}

/** Values of the outputs, each fresh or one of the inputs; null where a step can't be sure of a bit. */
export type StepResult = readonly RowValues[] | null;

/** One operation that runs. */
export interface OpenStep {
  run(inputs: readonly RowValues[], call: StepCall): StepResult | Promise<StepResult>;
  /** Ends its threads. */
  close?(): Promise<void>;
}

/** One operation that was read from a file and that is computed to the bit as onnxruntime does. */
export interface PlannedStep {
  /** Names of the values it reads, constants left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly { readonly name: string; readonly shape: RowShape }[];
  /** True where it hands its input on as it is. */
  readonly isCopy?: boolean;
  /**
   * Most rows of a call, where it has the bits of MLAS, which depend on the processor: on each machine it is compared with
   * onnxruntime before it is used. Absent: the same everywhere.
   */
  readonly mostRows?: number;
  /** @throws MODEL_NOT_NATIVE for one that is too large */
  open(options: StepOptions, use: StepUse): OpenStep;
}

/** What a reader may ask of the graph. */
export interface StepContext {
  /** Shape of a value that is not constant; undefined for any other name. */
  readonly shapeOf: (name: string | undefined) => RowShape | undefined;
  readonly constants: Constants;
}

/** Reads one operation; null for anything out of the ordinary, where onnxruntime has the word. */
export type StepReader = (node: OnnxNode, context: StepContext) => PlannedStep | null;
