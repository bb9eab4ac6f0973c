/** Options of the flavor backend, filled in once. */
import type { RuntimeChoice } from '../contract/capability.ts';

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
  /** Threads that big batches may use. Default: the number of cores. */
  readonly threads?: number;
  /** Overrides of the model configuration. */
  readonly modelConfig?: Readonly<Record<string, unknown>>;
}

/** {@link BackendOptions} with every default. */
export type ResolvedBackendOptions = Required<Omit<BackendOptions, 'threads' | 'modelConfig'>> &
  Pick<BackendOptions, 'threads' | 'modelConfig'>;

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
