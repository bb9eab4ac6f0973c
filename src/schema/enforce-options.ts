/** How a signature is enforced. */
export interface EnforceOptions {
  /** `slipway`: better where MLflow crashes; `mlflow`: its status and error code in every case. */
  readonly compat: 'slipway' | 'mlflow';
  /** Accept what loses nothing, for instance 1.0 for a `long`. Default upstream: false. */
  readonly lenientTypes: boolean;
  /** Keep data and schema out of messages (MLFLOW_DISABLE_SCHEMA_DETAILS). Default: false. */
  readonly hideDetails?: boolean;
}
