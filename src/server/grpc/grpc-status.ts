/** Errors as gRPC says them: a status code and the message that REST gives. */
import type { status as StatusCodes } from '@grpc/grpc-js';
import { isSlipwayError } from '../../errors/slipway-error.ts';
import { statusOf } from '../v2/v2-error-answer.ts';

/** A status that is not OK. */
export interface GrpcStatus {
  readonly code: number;
  readonly details: string;
}

type CodeName = keyof typeof StatusCodes;

/** Source: google/rpc/code.proto, which names the HTTP status of each code. */
const codeOfHttpStatus: Readonly<Record<number, CodeName>> = {
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'FAILED_PRECONDITION',
  413: 'RESOURCE_EXHAUSTED',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/** In bytes: clients take 8 KiB of headers, in which a byte that is not ASCII is written with three. */
const longestDetails = 2000;

/** The status for an error; a bug says nothing but that it is one. */
export function grpcStatus(error: unknown, codes: typeof StatusCodes): GrpcStatus {
  if (!isSlipwayError(error)) return { code: codes.INTERNAL, details: 'Internal Server Error' };
  return { code: codes[codeName(statusOf(error))], details: shorten(error.message) };
}

function codeName(httpStatus: number): CodeName {
  const named = codeOfHttpStatus[httpStatus];
  if (named !== undefined) return named;
  return httpStatus < 500 ? 'INVALID_ARGUMENT' : 'INTERNAL';
}

/** Half of a surrogate pair, which no header can hold, becomes the replacement character on the way. */
function shorten(message: string): string {
  const bytes = Buffer.from(message);
  const isLong = bytes.length > longestDetails;
  return isLong ? `${bytes.subarray(0, longestDetails).toString()}…` : bytes.toString();
}
