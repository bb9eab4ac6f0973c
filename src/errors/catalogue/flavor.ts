/** Failures of reading a model file and of scoring with it. */
import type { ErrorDefinition } from '../error-definition.ts';

/** Codes of this list. */
export type FlavorErrorCode = 'MODEL_FILE_INVALID' | 'MODEL_NOT_NATIVE' | 'PREDICT_FAILED';

const base = {
  httpStatus: 500,
  exitCode: 1,
  retryable: false,
  mlflowCode: 'INTERNAL_ERROR',
} as const;

/** Code → definition. */
export const flavorErrors: Readonly<Record<FlavorErrorCode, ErrorDefinition>> = {
  MODEL_FILE_INVALID: { ...base, meaning: 'A model file is damaged or not of the stated format.' },
  MODEL_NOT_NATIVE: { ...base, meaning: 'The native runtime cannot score this model exactly.' },
  PREDICT_FAILED: {
    ...base,
    meaning: 'The model refused the input (wrong columns, shape or type).',
    httpStatus: 400,
    mlflowCode: 'BAD_REQUEST',
  },
};
