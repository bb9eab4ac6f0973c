import type { Signature } from '../model/signature.ts';
import { decodeApart, largeBodyBytes } from '../payload/apart/decode-apart.ts';
import {
  type DecodedRequest,
  type DecodeOptions,
  decodeRequest,
} from '../payload/decode-request.ts';
import type { ScoringRequest } from './scoring-request.ts';

/** Decodes the body of a request: a large one in a thread. Parquet has threads of its own. */
export function decodeBody(
  { body, contentType }: Pick<ScoringRequest, 'body' | 'contentType'>,
  signature: Signature | null,
  options: DecodeOptions,
): DecodedRequest | Promise<DecodedRequest> {
  const isLarge = body.length > largeBodyBytes && contentType?.includes('parquet') !== true;
  return isLarge
    ? decodeApart(body, contentType, signature, options)
    : decodeRequest(body, contentType, signature, options);
}
