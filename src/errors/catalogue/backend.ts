/** Failures of selecting and driving a runtime, and of commands. */
import type { ErrorDefinition } from '../error-definition.ts';

/** Codes of this list. */
export type BackendErrorCode =
  | 'RUNTIME_UNAVAILABLE'
  | 'NO_FLAVOR_BACKEND'
  | 'CAPABILITY_UNAVAILABLE'
  | 'USAGE'
  | 'INVALID_OPTION'
  | 'INVALID_ENVIRONMENT_VARIABLE'
  | 'INPUT_FILE_UNREADABLE'
  | 'OUTPUT_FILE_UNWRITABLE';

const base = {
  httpStatus: 500,
  exitCode: 1,
  retryable: false,
  mlflowCode: 'INTERNAL_ERROR',
} as const;

/** Code → definition. */
export const backendErrors: Readonly<Record<BackendErrorCode, ErrorDefinition>> = {
  RUNTIME_UNAVAILABLE: {
    ...base,
    meaning: 'The runtime asked for, or needed by the model, is not there yet.',
    httpStatus: 501,
    mlflowCode: 'NOT_IMPLEMENTED',
  },
  NO_FLAVOR_BACKEND: { ...base, meaning: 'The model has no flavor that any runtime can score.' },
  CAPABILITY_UNAVAILABLE: {
    ...base,
    meaning: 'The method is not there yet for this runtime.',
    httpStatus: 501,
    mlflowCode: 'NOT_IMPLEMENTED',
  },
  USAGE: { ...base, meaning: 'The command line is not valid.', exitCode: 2 },
  INVALID_OPTION: {
    ...base,
    meaning: 'An option has a value, or a companion, that MLflow refuses when the command runs.',
  },
  INVALID_ENVIRONMENT_VARIABLE: {
    ...base,
    meaning: 'An environment variable has a value that cannot be read.',
  },
  INPUT_FILE_UNREADABLE: { ...base, meaning: 'The input file cannot be read.' },
  OUTPUT_FILE_UNWRITABLE: { ...base, meaning: 'The output file cannot be written.' },
};
