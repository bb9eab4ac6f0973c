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
  const isInput = failure.mlflow?.code === 'BAD_REQUEST' || isBefore3(failure);
  if (!isParameter && !isInput) return modelRaised(failure);
  return slipwayError(isParameter ? 'INVALID_PARAMETER' : 'INVALID_INPUT', failure.message, {
    details: detailsOf(failure),
  });
}

/** Enforcement and params have codes of their own; their status and MLflow code are the same. */
function fromMlflow(failure: Failure): SlipwayError {
  const { message, mlflow, stage } = failure;
  if (stage !== 'predict') return modelRaised(failure);
  const details = detailsOf(failure);
  if (mlflow?.class === 'SCHEMA_ENFORCEMENT_FAILED' || isEnforcement(failure)) {
    return slipwayError('SCHEMA_ENFORCEMENT_FAILED', message, { details });
  }
  if (mlflow?.code === 'INVALID_PARAMETER_VALUE' && params.test(message)) {
    return slipwayError('INVALID_PARAMS', message, { details });
  }
  return modelRaised(failure);
}

/** Before MLflow 3, enforcement names no class, and most of it no code either: its bad requests are 500. */
function isEnforcement(failure: Failure): boolean {
  return isBefore3(failure) && enforcement.test(failure.message);
}

function isBefore3({ mlflow }: Failure): boolean {
  return mlflow !== null && mlflow.sqlstate === null && mlflow.class === null;
}

const enforcement =
  /^(Failed to enforce (schema|model input)|Model is missing inputs|Model inference is missing inputs|Incompatible input types|Input schema validation failed|Expected input to be DataFrame|Shape of input|dtype of input|This model contains a |Failed to convert column|Please ensure that the input data of datetime)/;

const params = /^(Invalid parameters found|Parameters (must|schema must) be)/;

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
