/** Failures of worker processes and of the queue before them. */
import type { ErrorDefinition } from '../error-definition.ts';
import { internalFailure } from './internal-failure.ts';

/** Codes of this list. */
export type WorkerErrorCode =
  | 'WORKER_LOST'
  | 'WORKERS_FAILED'
  | 'WORKER_PROTOCOL'
  | 'QUEUE_FULL'
  | 'MODEL_RAISED'
  | 'MODEL_LOAD_FAILED'
  | 'STREAMING_UNSUPPORTED';

/** Code → definition. */
export const workerErrors: Readonly<Record<WorkerErrorCode, ErrorDefinition>> = {
  WORKER_LOST: {
    ...internalFailure,
    meaning: 'The worker process ended while it worked on the request.',
    retryable: true,
  },
  WORKERS_FAILED: {
    ...internalFailure,
    meaning: 'Worker processes failed to start several times in a row; no more are started.',
    httpStatus: 503,
    mlflowCode: 'TEMPORARILY_UNAVAILABLE',
  },
  WORKER_PROTOCOL: {
    ...internalFailure,
    meaning: 'A worker process sent something that is not a message of the protocol.',
  },
  QUEUE_FULL: {
    ...internalFailure,
    meaning: 'More requests wait than the queue may hold; try again later.',
    httpStatus: 503,
    retryable: true,
    mlflowCode: 'TEMPORARILY_UNAVAILABLE',
  },
  MODEL_RAISED: {
    ...internalFailure,
    meaning:
      'The model, or MLflow before it, raised an MlflowException; status and error_code are its own.',
  },
  MODEL_LOAD_FAILED: {
    ...internalFailure,
    meaning: 'The model cannot be loaded in its environment; the message ends with the error.',
  },
  STREAMING_UNSUPPORTED: {
    ...internalFailure,
    meaning: 'A stream was asked of a model that cannot stream.',
    httpStatus: 400,
    mlflowCode: 'BAD_REQUEST',
  },
};
