/** Failures of finding and reading a saved model. */
import type { ErrorDefinition } from '../error-definition.ts';
import { internalFailure } from './internal-failure.ts';

/** Codes of this list. */
export type ModelErrorCode =
  | 'MODEL_NOT_FOUND'
  | 'MODEL_URI_UNSUPPORTED'
  | 'MLMODEL_INVALID'
  | 'SIGNATURE_INVALID'
  | 'MODEL_EXTERNAL';

/** Code → definition. */
export const modelErrors: Readonly<Record<ModelErrorCode, ErrorDefinition>> = {
  MODEL_NOT_FOUND: {
    ...internalFailure,
    meaning: 'The model folder, or its MLmodel file, does not exist or cannot be read.',
    httpStatus: 404,
    mlflowCode: 'RESOURCE_DOES_NOT_EXIST',
  },
  MODEL_URI_UNSUPPORTED: {
    ...internalFailure,
    meaning: 'The scheme of the model URI is not one that Slipway fetches; fetch it first.',
  },
  MLMODEL_INVALID: { ...internalFailure, meaning: 'The MLmodel file is not what MLflow writes.' },
  SIGNATURE_INVALID: {
    ...internalFailure,
    meaning: 'The signature in the MLmodel file is not valid.',
  },
  MODEL_EXTERNAL: {
    ...internalFailure,
    meaning: 'The model is marked as external: there is nothing to load.',
  },
};
