/**
 * An error in MLflow's wire form. Source: mlflow/pyfunc/scoring_server/__init__.py and mlflow/exceptions.py 3.17.2.
 * Two things differ on purpose: the request is echoed up to a bound, and no stack trace leaves the process.
 */
import type { MlflowErrorCode } from '../errors/error-definition.ts';
import { isSlipwayError, type SlipwayError } from '../errors/slipway-error.ts';
import { acceptedEncodings } from './accepted-encodings.ts';
import { asciiJsonString } from './json-string.ts';

/** A whole answer. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** Headers that only this answer has. */
  readonly headers?: ExtraHeaders;
}

/** Headers beyond content type and length. */
export type ExtraHeaders = Readonly<Record<string, string>>;

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
  const status = statusOf(error);
  return {
    status,
    contentType: 'application/json',
    body: errorJson(error, messageOf(error, context)),
    ...(status === 503 && error.definition.retryable && { headers: retrySoon }),
    ...(error.code === 'UNSUPPORTED_ENCODING' && { headers: encodingsHeader }),
  };
}

/** The answer to an error after which no other form is left: the last event of a stream. */
export function lateErrorJson(error: unknown, context: ErrorContext): string {
  if (isSlipwayError(error)) return errorJson(error, messageOf(error, context));
  return '{"error_code": "INTERNAL_ERROR", "message": "Internal Server Error", "sqlstate": "XXM00", "error_class": "CLIENT_INTERNAL_ERROR"}';
}

const encodingsHeader: ExtraHeaders = { 'accept-encoding': acceptedEncodings };

/** A queue of requests empties within seconds. */
const retrySoon: ExtraHeaders = { 'retry-after': '1' };

/** What a model raises has a status of its own. */
function statusOf({ code, details, definition }: SlipwayError): number {
  const status = code === 'MODEL_RAISED' ? details['httpStatus'] : undefined;
  const isStatus = Number.isInteger(status) && Number(status) >= 400 && Number(status) <= 599;
  return isStatus ? Number(status) : definition.httpStatus;
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
    case 'MODEL_RAISED':
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
  const [mlflowCode, sqlstate, errorClass] = wireCodesOf(error);
  const head = `{"error_code": ${asciiJsonString(mlflowCode)}, "message": ${asciiJsonString(message)}`;
  const middle = jsonField('sqlstate', sqlstate) + jsonField('error_class', errorClass);
  const trace =
    error.code === 'PREDICT_FAILED'
      ? `, "stack_trace": ${asciiJsonString(`${error.code}: ${error.message}`)}`
      : '';
  return `${head}${middle}${trace}}`;
}

function jsonField(name: string, value: string | null): string {
  return value === null ? '' : `, "${name}": ${asciiJsonString(value)}`;
}

type WireCodes = readonly [mlflowCode: string, sqlstate: string | null, errorClass: string | null];

function wireCodesOf({ code, details, definition }: SlipwayError): WireCodes {
  const { mlflowCode, schemaEnforcement } = definition;
  if (code === 'MODEL_RAISED' && typeof details['mlflowCode'] === 'string') {
    return [details['mlflowCode'], textOf(details['sqlstate']), textOf(details['errorClass'])];
  }
  const classes = schemaEnforcement === true ? schemaClasses : classesOf[mlflowCode];
  return [mlflowCode, classes?.[0] ?? null, classes?.[1] ?? null];
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

const schemaClasses = ['KAM01', 'SCHEMA_ENFORCEMENT_FAILED'] as const;

/** sqlstate and error_class of each code; null where MLflow writes neither. */
const classesOf: Readonly<Record<MlflowErrorCode, readonly [string, string] | null>> = {
  BAD_REQUEST: ['KAM00', 'INVALID_PARAMETER_VALUE'],
  INVALID_PARAMETER_VALUE: ['KAM00', 'INVALID_PARAMETER_VALUE'],
  RESOURCE_DOES_NOT_EXIST: ['KAM00', 'RESOURCE_NOT_FOUND'],
  INTERNAL_ERROR: ['XXM00', 'CLIENT_INTERNAL_ERROR'],
  TEMPORARILY_UNAVAILABLE: ['XXM00', 'CLIENT_INTERNAL_ERROR'],
  UNAUTHENTICATED: null,
  PERMISSION_DENIED: ['KAM00', 'PERMISSION_DENIED'],
  NOT_IMPLEMENTED: null,
};
