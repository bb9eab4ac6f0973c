/** How a request is decoded and enforced; shared by every decoder and by schema enforcement. */
export interface DecodeOptions {
  /** `slipway`: better where MLflow crashes; `mlflow`: its status and error code in every case. */
  readonly compat: 'slipway' | 'mlflow';
  /** Accept what loses nothing and refuse what silently loses, instead of NumPy's casts. Default: false. */
  readonly lenientTypes: boolean;
}

/** The options used when a caller gives none. */
export const defaultDecodeOptions: DecodeOptions = { compat: 'slipway', lenientTypes: false };
