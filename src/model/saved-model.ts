/** A saved model: its folder and everything its MLmodel file says. */
import type { Signature } from './signature.ts';

/** Configuration of one flavor, as the file has it. */
export type FlavorConfig = Readonly<Record<string, unknown>>;

/** The model folder, read. Nothing in it has been executed. */
export interface SavedModel {
  /** Absolute path of the folder. */
  readonly directory: string;
  /** URI as the user gave it. */
  readonly uri: string;
  /** Flavor name → configuration, in file order. */
  readonly flavors: ReadonlyMap<string, FlavorConfig>;
  readonly signature: Signature | null;
  /** Version of MLflow that saved it; null in very old files. */
  readonly mlflowVersion: string | null;
  readonly runId: string | null;
  readonly modelId: string | null;
  readonly modelUuid: string | null;
  readonly utcTimeCreated: string | null;
  readonly modelSizeBytes: number | null;
  /** `metadata` of the MLmodel file. */
  readonly metadata: Readonly<Record<string, unknown>> | null;
  /** `saved_input_example_info`. */
  readonly inputExample: InputExampleInfo | null;
  /** Name and version in a registry, from `registered_model_meta`. */
  readonly registered: RegisteredModel | null;
}

/** Where the input example stands and what it is. */
export interface InputExampleInfo {
  readonly artifactPath: string;
  readonly servingInputPath: string | null;
  readonly type: string;
  readonly pandasOrient: string | null;
}

/** `registered_model_meta`; both null for a logged model. */
export interface RegisteredModel {
  readonly name: string | null;
  readonly version: string | null;
}
