/** Failures of the scoring server. */
import type { ErrorDefinition } from '../error-definition.ts';
import { internalFailure } from './internal-failure.ts';

/** Codes of this list. */
export type ServerErrorCode =
  | 'PORT_IN_USE'
  | 'LISTEN_FAILED'
  | 'LOG_FILE_UNWRITABLE'
  | 'DEADLINE_EXCEEDED'
  | 'CLIENT_GONE'
  | 'BODY_TOO_LARGE'
  | 'UNSUPPORTED_ENCODING'
  | 'BODY_UNDECODABLE'
  | 'API_KEY_REQUIRED'
  | 'API_KEYS_INVALID'
  | 'HOST_NOT_ALLOWED'
  | 'TLS_FILE_INVALID'
  | 'SERVER_ENDED'
  | 'SERVED_MODEL_NOT_FOUND'
  | 'SERVED_MODEL_NOT_READY'
  | 'NO_DEFAULT_MODEL';

/** Code → definition. */
export const serverErrors: Readonly<Record<ServerErrorCode, ErrorDefinition>> = {
  PORT_IN_USE: { ...internalFailure, meaning: 'The port is taken by another process.' },
  LISTEN_FAILED: {
    ...internalFailure,
    meaning: 'The server cannot listen on the given host and port.',
  },
  LOG_FILE_UNWRITABLE: {
    ...internalFailure,
    meaning: 'A log file of the server cannot be opened for writing.',
  },
  DEADLINE_EXCEEDED: {
    ...internalFailure,
    meaning: 'Scoring took longer than the time-out.',
    httpStatus: 504,
    retryable: true,
  },
  CLIENT_GONE: {
    ...internalFailure,
    meaning: 'The client left before the answer was there.',
    httpStatus: 499,
  },
  BODY_TOO_LARGE: {
    ...internalFailure,
    meaning: 'The request body is larger than the server accepts.',
    httpStatus: 413,
    mlflowCode: 'BAD_REQUEST',
  },
  UNSUPPORTED_ENCODING: {
    ...internalFailure,
    meaning: 'The Content-Encoding of the request body is not one that the server decodes.',
    httpStatus: 415,
    mlflowCode: 'BAD_REQUEST',
  },
  BODY_UNDECODABLE: {
    ...internalFailure,
    meaning: 'The request body is not what its Content-Encoding says.',
    httpStatus: 400,
    mlflowCode: 'BAD_REQUEST',
  },
  API_KEY_REQUIRED: {
    ...internalFailure,
    meaning: 'The server asks for a key, and the request shows none that it knows.',
    httpStatus: 401,
    mlflowCode: 'UNAUTHENTICATED',
  },
  API_KEYS_INVALID: {
    ...internalFailure,
    meaning: 'The file with the keys cannot be read, or holds none.',
  },
  HOST_NOT_ALLOWED: {
    ...internalFailure,
    meaning: 'The request names a host for which the server does not answer.',
    httpStatus: 403,
    mlflowCode: 'PERMISSION_DENIED',
  },
  TLS_FILE_INVALID: {
    ...internalFailure,
    meaning: 'The certificate, the key or the authorities for TLS cannot be used.',
  },
  SERVER_ENDED: { ...internalFailure, meaning: 'The server process ended before it was ready.' },
  SERVED_MODEL_NOT_FOUND: {
    ...internalFailure,
    meaning: 'The server has no model of this name and version.',
    httpStatus: 404,
    mlflowCode: 'RESOURCE_DOES_NOT_EXIST',
  },
  SERVED_MODEL_NOT_READY: {
    ...internalFailure,
    meaning: 'The model is being loaded or unloaded, or could not be loaded.',
    httpStatus: 503,
    retryable: true,
    mlflowCode: 'TEMPORARILY_UNAVAILABLE',
  },
  NO_DEFAULT_MODEL: {
    ...internalFailure,
    meaning: 'Several models are served, none of which is the default, and the request names none.',
    httpStatus: 404,
    mlflowCode: 'RESOURCE_DOES_NOT_EXIST',
  },
};
