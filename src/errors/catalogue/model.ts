/** Failures of finding and reading a saved model. */
import type { ErrorDefinition } from '../error-definition.ts';
import { internalFailure } from './internal-failure.ts';

/** Codes of this list. */
export type ModelErrorCode =
  | 'MODEL_NOT_FOUND'
  | 'MODEL_URI_UNSUPPORTED'
  | 'MODEL_URI_INVALID'
  | 'MODEL_ACCESS_DENIED'
  | 'MODEL_FETCH_FAILED'
  | 'MODEL_LISTING_INVALID'
  | 'MODEL_NOT_CACHED'
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
  MODEL_URI_INVALID: {
    ...internalFailure,
    meaning: 'The model URI does not have the form that its scheme asks for.',
    mlflowCode: 'INVALID_PARAMETER_VALUE',
  },
  MODEL_ACCESS_DENIED: {
    ...internalFailure,
    meaning: 'A server refuses to show the model to these credentials, or asks for some.',
  },
  MODEL_FETCH_FAILED: {
    ...internalFailure,
    meaning: 'A server that has the model does not answer, or not as it should.',
    retryable: true,
  },
  MODEL_LISTING_INVALID: {
    ...internalFailure,
    meaning: 'A listing or an archive holds a path, a size or a count that no model has.',
  },
  MODEL_NOT_CACHED: {
    ...internalFailure,
    meaning: 'The model is not in the cache, and nothing may be fetched (offline).',
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
