import type { ErrorDefinition } from '../error-definition.ts';

/** What most failures outside a request have in common: 500, exit code 1, no use in trying again. */
export const internalFailure: Omit<ErrorDefinition, 'meaning'> = {
  httpStatus: 500,
  exitCode: 1,
  retryable: false,
  mlflowCode: 'INTERNAL_ERROR',
};
