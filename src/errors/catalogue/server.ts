/** Failures of the scoring server. */
import type { ErrorDefinition } from '../error-definition.ts';

/** Codes of this list. */
export type ServerErrorCode =
  | 'PORT_IN_USE'
  | 'LISTEN_FAILED'
  | 'DEADLINE_EXCEEDED'
  | 'CLIENT_GONE'
  | 'BODY_TOO_LARGE'
  | 'SERVER_ENDED';

const base = {
  httpStatus: 500,
  exitCode: 1,
  retryable: false,
  mlflowCode: 'INTERNAL_ERROR',
} as const;

/** Code → definition. */
export const serverErrors: Readonly<Record<ServerErrorCode, ErrorDefinition>> = {
  PORT_IN_USE: { ...base, meaning: 'The port is taken by another process.' },
  LISTEN_FAILED: { ...base, meaning: 'The server cannot listen on the given host and port.' },
  DEADLINE_EXCEEDED: {
    ...base,
    meaning: 'Scoring took longer than the time-out.',
    httpStatus: 504,
    retryable: true,
  },
  CLIENT_GONE: {
    ...base,
    meaning: 'The client left before the answer was there.',
    httpStatus: 499,
  },
  BODY_TOO_LARGE: {
    ...base,
    meaning: 'The request body is larger than the server accepts.',
    httpStatus: 413,
    mlflowCode: 'BAD_REQUEST',
  },
  SERVER_ENDED: { ...base, meaning: 'The server process ended before it was ready.' },
};
