/**
 * Failures that a worker reports → errors of the catalogue, with MLflow's status and code at each stage.
 * Source: MLflow 3.17.2 scoring_server `invocations` (contract: parse, predict, result).
 */
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import type { MessageHeader } from '../../workers/message.ts';
import { WorkerRequestError } from '../../workers/worker-pool-types.ts';
import { type Failure, readFailure } from './failure.ts';

/** Makes what the scorer throws of what the pool threw; anything but a worker's reply stays as it is. */
export function translateError(error: unknown): unknown {
  return error instanceof WorkerRequestError ? fromReply(error.reply.header) : error;
}

function fromReply(header: MessageHeader): SlipwayError {
  const failure = readFailure(header);
  if (failure.mlflow === null) return fromException(failure);
  if (failure.stage === 'parse') return fromParser(failure);
  return fromMlflow(failure);
}

/** Outside of predict MLflow crashes with a bare 500; a request that crashes its parser is still a bad one. */
function fromException(failure: Failure): SlipwayError {
  const { stage, error, message, traceback } = failure;
  const details = { type: error, traceback };
  const said = message === '' ? error : `${error}: ${message}`;
  if (stage === 'predict') return slipwayError('PREDICT_FAILED', said, { details });
  if (stage === 'parse') {
    return slipwayError('INVALID_INPUT', `Invalid input. ${said}`, {
      details: { ...details, mlflowStatus: 500 },
    });
  }
  return slipwayError(
    'UNENCODABLE_RESULT',
    `The model's result cannot be written as JSON: ${said}.`,
    { details },
  );
}

function fromParser(failure: Failure): SlipwayError {
  const isParameter = failure.mlflow?.code === 'INVALID_PARAMETER_VALUE';
  if (!isParameter && failure.mlflow?.code !== 'BAD_REQUEST') return modelRaised(failure);
  return slipwayError(isParameter ? 'INVALID_PARAMETER' : 'INVALID_INPUT', failure.message, {
    details: detailsOf(failure),
  });
}

/** Enforcement and params have codes of their own; their status and MLflow code are the same. */
function fromMlflow(failure: Failure): SlipwayError {
  const { message, mlflow } = failure;
  const details = detailsOf(failure);
  if (mlflow?.code === 'INVALID_PARAMETER_VALUE' && failure.stage === 'predict') {
    if (mlflow.class === 'SCHEMA_ENFORCEMENT_FAILED' || isEnforcement(message)) {
      return slipwayError('SCHEMA_ENFORCEMENT_FAILED', message, { details });
    }
    if (isParams(message)) return slipwayError('INVALID_PARAMS', message, { details });
  }
  return modelRaised(failure);
}

/** MLflow 2 names no error class. */
function isEnforcement(message: string): boolean {
  return /^Failed to enforce (schema of data|model input schema)/.test(message);
}

function isParams(message: string): boolean {
  return /^(Invalid parameters found|Parameters (must|schema must) be)/.test(message);
}

function modelRaised(failure: Failure): SlipwayError {
  return slipwayError('MODEL_RAISED', failure.message, { details: detailsOf(failure) });
}

function detailsOf({ mlflow, error, traceback }: Failure): Readonly<Record<string, unknown>> {
  return {
    type: error,
    traceback,
    mlflowCode: mlflow?.code,
    httpStatus: mlflow?.status,
    sqlstate: mlflow?.sqlstate,
    errorClass: mlflow?.class,
  };
}
