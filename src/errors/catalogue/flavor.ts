/** Failures of reading a model file and of scoring with it. */
import type { ErrorDefinition } from '../error-definition.ts';
import { internalFailure } from './internal-failure.ts';

/** Codes of this list. */
export type FlavorErrorCode = 'MODEL_FILE_INVALID' | 'MODEL_NOT_NATIVE' | 'PREDICT_FAILED';

/** Code → definition. */
export const flavorErrors: Readonly<Record<FlavorErrorCode, ErrorDefinition>> = {
  MODEL_FILE_INVALID: {
    ...internalFailure,
    meaning: 'A model file is damaged or not of the stated format.',
  },
  MODEL_NOT_NATIVE: {
    ...internalFailure,
    meaning: 'The native runtime cannot score this model exactly.',
  },
  PREDICT_FAILED: {
    ...internalFailure,
    meaning: 'The model refused the input (wrong columns, shape or type).',
    httpStatus: 400,
    mlflowCode: 'BAD_REQUEST',
  },
};
