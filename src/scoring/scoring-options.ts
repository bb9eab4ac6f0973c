/** Options of the scoring service. */
export interface ScoringOptions {
  /** `mlflow`: MLflow's status and error code in every case. */
  readonly compat: 'slipway' | 'mlflow';
  /** Accept what loses nothing, refuse what would. */
  readonly lenientTypes: boolean;
  /** Keep request data and the schema out of error messages. Default: false. */
  readonly hideDetails?: boolean;
  /** How NaN and the infinities are written. */
  readonly nonFinite: 'tokens' | 'null';
  /** Limit of one request from its first byte to its answer, in milliseconds. */
  readonly timeoutMs: number;
}
