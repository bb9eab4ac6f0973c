/** Failures of decoding a request or an input file. */
import type { ErrorDefinition } from '../error-definition.ts';

/** Codes of this list. */
export type PayloadErrorCode =
  | 'INVALID_INPUT'
  | 'INVALID_PARAMETER'
  | 'UNSUPPORTED_CONTENT_TYPE'
  | 'CONTENT_TYPE_MISSING'
  | 'UNENCODABLE_RESULT';

const base = { httpStatus: 400, exitCode: 1, retryable: false, mlflowCode: 'BAD_REQUEST' } as const;

/** Code → definition. */
export const payloadErrors: Readonly<Record<PayloadErrorCode, ErrorDefinition>> = {
  INVALID_INPUT: {
    ...base,
    meaning: 'The request body cannot be decoded or cast to the signature.',
  },
  INVALID_PARAMETER: {
    ...base,
    meaning: 'A part of the request has a form that the model does not take.',
    mlflowCode: 'INVALID_PARAMETER_VALUE',
  },
  UNSUPPORTED_CONTENT_TYPE: {
    ...base,
    meaning: 'The content type, its charset or one of its parameters is not supported.',
    httpStatus: 415,
  },
  CONTENT_TYPE_MISSING: { ...base, meaning: 'The request has no Content-Type header.' },
  UNENCODABLE_RESULT: {
    ...base,
    meaning: 'The model returned something that JSON cannot hold.',
    httpStatus: 500,
    mlflowCode: 'INTERNAL_ERROR',
  },
};
