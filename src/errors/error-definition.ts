/** MLflow error codes that Slipway answers with (`error_code` in the JSON body of an error). */
export type MlflowErrorCode =
  | 'BAD_REQUEST'
  | 'INVALID_PARAMETER_VALUE'
  | 'INTERNAL_ERROR'
  | 'RESOURCE_DOES_NOT_EXIST'
  | 'TEMPORARILY_UNAVAILABLE'
  | 'UNAUTHENTICATED'
  | 'PERMISSION_DENIED'
  | 'NOT_IMPLEMENTED';

/** One row of the catalogue. */
export interface ErrorDefinition {
  /** What it means, one sentence; shown in `docs/reference/errors.md`. */
  readonly meaning: string;
  /** Status when it ends an HTTP request. */
  readonly httpStatus: number;
  /** Exit code when it ends a command: 1 failure, 2 usage. */
  readonly exitCode: 1 | 2;
  /** Can the same call succeed later, unchanged? */
  readonly retryable: boolean;
  /** `error_code` of MLflow's JSON error body. */
  readonly mlflowCode: MlflowErrorCode;
  /** True where MLflow names the error class SCHEMA_ENFORCEMENT_FAILED (sqlstate KAM01). */
  readonly schemaEnforcement?: boolean;
}
