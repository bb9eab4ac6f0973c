/** Failures of finding and reading a saved model. */
import type { ErrorDefinition } from '../error-definition.ts';

/** Codes of this list. */
export type ModelErrorCode =
  | 'MODEL_NOT_FOUND'
  | 'MODEL_URI_UNSUPPORTED'
  | 'MLMODEL_INVALID'
  | 'SIGNATURE_INVALID'
  | 'MODEL_EXTERNAL';

const base = {
  httpStatus: 500,
  exitCode: 1,
  retryable: false,
  mlflowCode: 'INTERNAL_ERROR',
} as const;

/** Code → definition. */
export const modelErrors: Readonly<Record<ModelErrorCode, ErrorDefinition>> = {
  MODEL_NOT_FOUND: {
    ...base,
    meaning: 'The model folder, or its MLmodel file, does not exist or cannot be read.',
    httpStatus: 404,
    mlflowCode: 'RESOURCE_DOES_NOT_EXIST',
  },
  MODEL_URI_UNSUPPORTED: {
    ...base,
    meaning: 'The scheme of the model URI is not one that Slipway fetches; fetch it first.',
  },
  MLMODEL_INVALID: { ...base, meaning: 'The MLmodel file is not what MLflow writes.' },
  SIGNATURE_INVALID: { ...base, meaning: 'The signature in the MLmodel file is not valid.' },
  MODEL_EXTERNAL: {
    ...base,
    meaning: 'The model is marked as external: there is nothing to load.',
  },
};
