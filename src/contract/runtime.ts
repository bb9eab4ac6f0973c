/** How a model becomes something that scores. The flavor backend is written once, over this. */
import type { SavedModel } from '../model/saved-model.ts';
import type { Capability, RuntimeId } from './capability.ts';
import type { Scorer } from './scorer.ts';

/** Whether a runtime can score a model here, in words a user can act on. */
export type Assessment =
  | {
      readonly canScore: true;
      /** Flavor whose reader will be used, for instance `xgboost` or `python_function`. */
      readonly flavor: string;
      /** Why this runtime fits, one sentence. */
      readonly reason: string;
    }
  | {
      readonly canScore: false;
      /** Why not, and what would help, one or two sentences. */
      readonly reason: string;
      /** What else would be needed: programs, packages, files. */
      readonly needs: readonly string[];
    };

/** A prepared environment; the native runtime needs none. */
export interface Environment {
  readonly kind: RuntimeId;
}

/** Options of {@link Runtime.open}. */
export interface OpenOptions {
  /** Threads that big batches may use, the calling one included. Default: the number of cores. */
  readonly threads?: number;
  /** Overrides of the model configuration (`SERVING_MODEL_CONFIG`). */
  readonly modelConfig?: Readonly<Record<string, unknown>>;
}

/** One way to score models. */
export interface Runtime {
  readonly id: RuntimeId;
  readonly capability: Capability;
  /** Can it score this model here? Reads headers of model files at most; starts nothing. */
  assess(model: SavedModel): Promise<Assessment>;
  /** Makes ready whatever scoring needs; afterwards `open` is fast. */
  prepare(model: SavedModel, options: PrepareOptions): Promise<Environment>;
  /** @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE */
  open(model: SavedModel, environment: Environment, options?: OpenOptions): Promise<Scorer>;
}

/** Options of {@link Runtime.prepare}. */
export interface PrepareOptions {
  /** Keep what programs print instead of passing it on. Default: false. */
  readonly captureOutput?: boolean;
}
