/** Errors as gRPC says them: a status code and the message that REST gives. */
import type { status as StatusCodes } from '@grpc/grpc-js';
import { isSlipwayError } from '../../errors/slipway-error.ts';
import { grpcCode } from '../../observe/grpc-code.ts';
import { statusOf } from '../v2/v2-error-answer.ts';

/** A status that is not OK. */
export interface GrpcStatus {
  readonly code: number;
  readonly details: string;
}

/** In bytes: clients take 8 KiB of headers, in which a byte that is not ASCII is written with three. */
const longestDetails = 2000;

/** The status for an error; a bug says nothing but that it is one. */
export function grpcStatus(error: unknown, codes: typeof StatusCodes): GrpcStatus {
  if (!isSlipwayError(error)) return { code: codes.INTERNAL, details: 'Internal Server Error' };
  return { code: codes[grpcCode(statusOf(error))], details: shorten(error.message) };
}

/** Half of a surrogate pair, which no header can hold, becomes the replacement character on the way. */
function shorten(message: string): string {
  const bytes = Buffer.from(message);
  const isLong = bytes.length > longestDetails;
  return isLong ? `${bytes.subarray(0, longestDetails).toString()}…` : bytes.toString();
}
