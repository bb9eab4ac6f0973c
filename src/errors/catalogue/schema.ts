/** Failures of enforcing the signature on inputs and params. */
import type { ErrorDefinition } from '../error-definition.ts';

/** Codes of this list. */
export type SchemaErrorCode = 'SCHEMA_ENFORCEMENT_FAILED' | 'INVALID_PARAMS';

const base = {
  httpStatus: 400,
  exitCode: 1,
  retryable: false,
  mlflowCode: 'INVALID_PARAMETER_VALUE',
} as const;

/** Code → definition. */
export const schemaErrors: Readonly<Record<SchemaErrorCode, ErrorDefinition>> = {
  SCHEMA_ENFORCEMENT_FAILED: {
    ...base,
    meaning: 'The input does not fit the signature of the model.',
    schemaEnforcement: true,
  },
  INVALID_PARAMS: { ...base, meaning: 'The params do not fit the params schema of the model.' },
};
