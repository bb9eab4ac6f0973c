/** Failures of selecting and driving a runtime, and of commands. */
import type { ErrorDefinition } from '../error-definition.ts';
import { internalFailure } from './internal-failure.ts';

/** Codes of this list. */
export type BackendErrorCode =
  | 'RUNTIME_UNAVAILABLE'
  | 'NO_FLAVOR_BACKEND'
  | 'CAPABILITY_UNAVAILABLE'
  | 'USAGE'
  | 'INVALID_OPTION'
  | 'INVALID_ENVIRONMENT_VARIABLE'
  | 'INPUT_FILE_UNREADABLE'
  | 'OUTPUT_FILE_UNWRITABLE'
  | 'VERIFICATION_IMPOSSIBLE';

/** Code → definition. */
export const backendErrors: Readonly<Record<BackendErrorCode, ErrorDefinition>> = {
  RUNTIME_UNAVAILABLE: {
    ...internalFailure,
    meaning: 'The runtime asked for, or needed by the model, is not there yet.',
    httpStatus: 501,
    mlflowCode: 'NOT_IMPLEMENTED',
  },
  NO_FLAVOR_BACKEND: {
    ...internalFailure,
    meaning: 'The model has no flavor that any runtime can score.',
  },
  CAPABILITY_UNAVAILABLE: {
    ...internalFailure,
    meaning: 'The method is not there yet for this runtime.',
    httpStatus: 501,
    mlflowCode: 'NOT_IMPLEMENTED',
  },
  USAGE: { ...internalFailure, meaning: 'The command line is not valid.', exitCode: 2 },
  INVALID_OPTION: {
    ...internalFailure,
    meaning: 'An option has a value, or a companion, that MLflow refuses when the command runs.',
  },
  INVALID_ENVIRONMENT_VARIABLE: {
    ...internalFailure,
    meaning: 'An environment variable has a value that cannot be read.',
  },
  INPUT_FILE_UNREADABLE: { ...internalFailure, meaning: 'The input file cannot be read.' },
  OUTPUT_FILE_UNWRITABLE: { ...internalFailure, meaning: 'The output file cannot be written.' },
  VERIFICATION_IMPOSSIBLE: {
    ...internalFailure,
    meaning: 'Nothing is known of what the model takes, so no rows can be drawn to verify it.',
  },
};
