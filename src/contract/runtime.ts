/** How a model becomes something that scores. The flavor backend is written once, over this. */
import type { SavedModel } from '../model/saved-model.ts';
import type { Capability, RuntimeId } from './capability.ts';
import type { ImageRecipe, RecipeOptions } from './image-recipe.ts';
import type { Scorer } from './scorer.ts';

/** Whether a runtime can score a model here, in words a user can act on. */
export type Assessment =
  | {
      readonly canScore: true;
      /** Flavor whose reader will be used, for instance `xgboost` or `python_function`. */
      readonly flavor: string;
      /** Why this runtime fits, one sentence. */
      readonly reason: string;
      /**
       * Largest relative difference from MLflow's answer that a native reader states for this model. Default: 0,
       * equal to the last bit.
       */
      readonly tolerance?: number;
    }
  | {
      readonly canScore: false;
      /** Why not, and what would help, one or two sentences. */
      readonly reason: string;
      /** What else would be needed: programs, packages, files. */
      readonly needs: readonly string[];
      /** True where no other runtime reads the model's file either: it is not there, empty or cut off. Default: false. */
      readonly isCut?: boolean;
    };

/** A prepared environment; the native runtime needs none. */
export interface Environment {
  readonly kind: RuntimeId;
}

/** Options of {@link Runtime.open}. */
export interface OpenOptions {
  /**
   * native: threads that big batches may use, the calling one included; default: the number of cores.
   * python: calls that one worker answers at once; default: min(32, cores + 4), as MLflow.
   */
  readonly threads?: number;
  /** Worker processes of the python and r runtimes. Default: 1. */
  readonly workers?: number;
  /** Overrides of the model configuration (`SERVING_MODEL_CONFIG`). */
  readonly modelConfig?: Readonly<Record<string, unknown>>;
  /**
   * Limit of one request, in milliseconds: a worker that has not answered for so long after its caller left is
   * taken for hung. Default: 60,000.
   */
  readonly timeoutMs?: number;
  /** Ends the loading. */
  readonly signal?: AbortSignal;
  /** Hears how far a slow start has come. */
  readonly onProgress?: OnProgress;
  /** Hears of `importing` and `loading`, where the runtime can tell them apart. */
  readonly onPhase?: OnPhase;
}

/** How far a start has come, as health checks are told. */
export type LoadPhase =
  | 'fetching'
  | 'preparing the environment'
  | 'importing'
  | 'loading'
  | 'warming up';

/** Gets each phase as it begins. */
export type OnPhase = (phase: LoadPhase) => void;

/** One step of something slow: preparing an environment, starting workers. */
export interface Progress {
  /** What is being done, in words for a user: `installing scikit-learn==1.9.1`. */
  readonly step: string;
  /** Share done, 0 to 1, where it is known. */
  readonly fraction?: number;
}

/** Gets a line for each step. */
export type OnProgress = (progress: Progress) => void;

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
  /**
   * What an image that serves the model is made of; with null, one for models that are mounted later. Absent where
   * the runtime has no images.
   */
  imageRecipe?(model: SavedModel | null, options: RecipeOptions): Promise<ImageRecipe>;
}

/** Who makes the environment of a Python model. */
export type EnvManager = 'virtualenv' | 'uv' | 'conda' | 'local';

/** Options of {@link Runtime.prepare}. The native runtime needs none of them. */
export interface PrepareOptions {
  /** Keep what programs print instead of passing it on to stderr. Default: false. */
  readonly captureOutput?: boolean;
  /** Default: `virtualenv`. */
  readonly envManager?: EnvManager;
  /** Folder of the environments. Default: `MLFLOW_ENV_ROOT`, else `~/.mlflow/envs`. */
  readonly envRoot?: string;
  /** Python to use in place of the model's: a version or the path of an interpreter. */
  readonly python?: string;
  /** Do without uv though it is on PATH. Default: false. */
  readonly noUv?: boolean;
  /** Install from {@link findLinks} and caches only. Default: false. */
  readonly offline?: boolean;
  /** Folders or pages with wheels. */
  readonly findLinks?: readonly string[];
  /** Install MLflow into the environment as well. Default: false. */
  readonly installMlflow?: boolean;
  /** Requirements installed after the model's own; part of the environment's key. */
  readonly pipRequirementsOverride?: readonly string[];
  /** Variables added to the environment of installers and workers. */
  readonly extraEnvironment?: Readonly<Record<string, string>>;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}
