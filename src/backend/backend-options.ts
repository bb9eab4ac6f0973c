/** Options of the flavor backend, filled in once. */
import type { RuntimeChoice } from '../contract/capability.ts';
import type { OnProgress, PrepareOptions } from '../contract/runtime.ts';

/** Options of `getFlavorBackend` and `loadModel`. */
export interface BackendOptions {
  /** Default: `auto`: native where the model is supported exactly, else python, else r. */
  readonly runtime?: RuntimeChoice;
  /** `mlflow`: MLflow's behaviour also where Slipway's differs on purpose. Default: `slipway`. */
  readonly compat?: 'slipway' | 'mlflow';
  /** Accept values that lose nothing (1.0 for a long) and refuse those that would. Default: false. */
  readonly lenientTypes?: boolean;
  /** Keep request data and the schema out of error messages. Default: false. */
  readonly hideDetails?: boolean;
  /** How NaN and the infinities are written. Default: `tokens`, as MLflow does; `null` is strict JSON. */
  readonly nonFinite?: 'tokens' | 'null';
  /**
   * native: threads that big batches may use; default: the number of cores. python: calls that one worker answers
   * at once; default: min(32, cores + 4), as MLflow.
   */
  readonly threads?: number;
  /** Processes that score: workers of a Python model; servers of a native one, which share the port. Default: 1. */
  readonly workers?: number;
  /** How the environment of a Python model is made or found. Default: manager `virtualenv`, as MLflow. */
  readonly environment?: PrepareOptions;
  /** Fetch a model that is not on this machine anew, and keep no copy of it. Default: false. */
  readonly noCache?: boolean;
  /** Hears the steps of a slow start. */
  readonly onProgress?: OnProgress;
  /** Overrides of the model configuration. */
  readonly modelConfig?: Readonly<Record<string, unknown>>;
}

/** {@link BackendOptions} with every default. */
export type ResolvedBackendOptions = Required<Omit<BackendOptions, Undefaulted>> &
  Pick<BackendOptions, Undefaulted>;

/** Options whose absence is their default. */
type Undefaulted = 'threads' | 'workers' | 'modelConfig' | 'environment' | 'noCache' | 'onProgress';

/** Fills in the defaults. */
export function resolveBackendOptions(options: BackendOptions = {}): ResolvedBackendOptions {
  return {
    ...options,
    runtime: options.runtime ?? 'auto',
    compat: options.compat ?? 'slipway',
    lenientTypes: options.lenientTypes ?? false,
    hideDetails: options.hideDetails ?? false,
    nonFinite: options.nonFinite ?? 'tokens',
  };
}
