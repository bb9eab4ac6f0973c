/** Failures of the scoring server. */
import type { ErrorDefinition } from '../error-definition.ts';
import { internalFailure } from './internal-failure.ts';

/** Codes of this list. */
export type ServerErrorCode =
  | 'PORT_IN_USE'
  | 'LISTEN_FAILED'
  | 'DEADLINE_EXCEEDED'
  | 'CLIENT_GONE'
  | 'BODY_TOO_LARGE'
  | 'SERVER_ENDED';

/** Code → definition. */
export const serverErrors: Readonly<Record<ServerErrorCode, ErrorDefinition>> = {
  PORT_IN_USE: { ...internalFailure, meaning: 'The port is taken by another process.' },
  LISTEN_FAILED: {
    ...internalFailure,
    meaning: 'The server cannot listen on the given host and port.',
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
  SERVER_ENDED: { ...internalFailure, meaning: 'The server process ended before it was ready.' },
};
