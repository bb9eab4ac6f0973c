/**
 * An error in MLflow's wire form. Source: mlflow/pyfunc/scoring_server/__init__.py and mlflow/exceptions.py 3.17.2.
 * Two things differ on purpose: the request is echoed up to a bound, and no stack trace leaves the process.
 */
import type { MlflowErrorCode } from '../errors/error-definition.ts';
import { isSlipwayError, type SlipwayError } from '../errors/slipway-error.ts';
import { asciiJsonString } from './json-string.ts';

/** A whole answer. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** What the answer to an error depends on besides the error. */
export interface ErrorContext {
  readonly compat: 'slipway' | 'mlflow';
  /** Body of the request, for the bounded echo in messages. */
  readonly requestBody?: Uint8Array | undefined;
}

/** The text content type as Starlette writes it; JSON never carries a charset. */
export const textContentType = 'text/plain; charset=utf-8';

/** Longest part of the request that a message repeats, in bytes. */
export const echoLimitBytes = 200;

const internalError: Answer = {
  status: 500,
  contentType: textContentType,
  body: 'Internal Server Error',
};

/** The answer to `error`; anything outside the catalogue is a bare 500. */
export function answerOfError(error: unknown, context: ErrorContext): Answer {
  if (!isSlipwayError(error)) return internalError;
  if (isInternalInMlflow(error, context)) return internalError;
  if (error.code === 'UNSUPPORTED_CONTENT_TYPE') {
    return { status: 415, contentType: textContentType, body: error.message };
  }
  if (error.code === 'DEADLINE_EXCEEDED') {
    const body = 'Request processing time exceeded limit';
    return { status: 504, contentType: 'application/json', body };
  }
  return {
    status: error.definition.httpStatus,
    contentType: 'application/json',
    body: errorJson(error, messageOf(error, context)),
  };
}

/** Where MLflow crashes: always for a result that JSON cannot hold, else with `--compat mlflow` only. */
function isInternalInMlflow(error: SlipwayError, { compat }: ErrorContext): boolean {
  if (error.code === 'UNENCODABLE_RESULT') return true;
  if (compat !== 'mlflow') return false;
  return error.code === 'CONTENT_TYPE_MISSING' || error.details['mlflowStatus'] === 500;
}

function messageOf(error: SlipwayError, { requestBody }: ErrorContext): string {
  switch (error.code) {
    case 'SCHEMA_ENFORCEMENT_FAILED':
    case 'INVALID_PARAMS':
      return `Failed to predict data '${echo(requestBody)}'. \nError: ${error.message}`;
    case 'PREDICT_FAILED':
      return `Encountered an unexpected error while evaluating the model. Verify that the serialized input Dataframe is compatible with the model for inference. Error: '${error.message}'`;
    default:
      return error.message;
  }
}

function echo(body: Uint8Array = new Uint8Array()): string {
  const text = Buffer.from(body.subarray(0, echoLimitBytes)).toString('utf8');
  return body.length > echoLimitBytes ? `${text}… (${body.length} bytes)` : text;
}

/** Keys and order of MlflowException.serialize_as_json. */
function errorJson(error: SlipwayError, message: string): string {
  const { mlflowCode, schemaEnforcement } = error.definition;
  const classes = schemaEnforcement === true ? schemaClasses : classesOf[mlflowCode];
  const head = `{"error_code": "${mlflowCode}", "message": ${asciiJsonString(message)}`;
  const middle =
    classes === null ? '' : `, "sqlstate": "${classes[0]}", "error_class": "${classes[1]}"`;
  const trace =
    error.code === 'PREDICT_FAILED'
      ? `, "stack_trace": ${asciiJsonString(`${error.code}: ${error.message}`)}`
      : '';
  return `${head}${middle}${trace}}`;
}

const schemaClasses = ['KAM01', 'SCHEMA_ENFORCEMENT_FAILED'] as const;

/** sqlstate and error_class of each code; null where MLflow writes neither. */
const classesOf: Readonly<Record<MlflowErrorCode, readonly [string, string] | null>> = {
  BAD_REQUEST: ['KAM00', 'INVALID_PARAMETER_VALUE'],
  INVALID_PARAMETER_VALUE: ['KAM00', 'INVALID_PARAMETER_VALUE'],
  RESOURCE_DOES_NOT_EXIST: ['KAM00', 'RESOURCE_NOT_FOUND'],
  INTERNAL_ERROR: ['XXM00', 'CLIENT_INTERNAL_ERROR'],
  TEMPORARILY_UNAVAILABLE: ['XXM00', 'CLIENT_INTERNAL_ERROR'],
  NOT_IMPLEMENTED: null,
};
