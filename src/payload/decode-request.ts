/** A request body → data and params, whatever its content type. */
import { isFrame } from '../data/frame.ts';
import type { ScoringInput } from '../data/scoring-data.ts';
import type { Signature } from '../model/signature.ts';
import { readContentType } from './content-type.ts';
import { decodeCsv } from './csv/decode-csv.ts';
import { decodeJsonRequest } from './decode-json-request.ts';
import type { DecodedRequest } from './decoded-request.ts';
import type { DecodeOptions } from './decode-options.ts';
import { decodeFastFrame } from './fast/decode-fast-frame.ts';
import { decodeNumericBody } from './numeric/decode-numeric-body.ts';
import { decodeNumericTensor } from './numeric/decode-numeric-tensor.ts';
import { decodeParquet } from './parquet/decode-parquet.ts';

export type { DecodedRequest } from './decoded-request.ts';
export type { DecodeOptions } from './decode-options.ts';

/**
 * Decodes a body and casts it to the signature. JSON and CSV are decoded at once, Parquet returns a promise.
 *
 * @param contentType the Content-Type header; undefined when there is none
 * @throws CONTENT_TYPE_MISSING, UNSUPPORTED_CONTENT_TYPE, INVALID_INPUT, INVALID_PARAMETER
 */
export function decodeRequest(
  body: Uint8Array,
  contentType: string | undefined,
  signature: Signature | null,
  options: DecodeOptions,
): DecodedRequest | Promise<DecodedRequest> {
  switch (readContentType(contentType, options)) {
    case 'json':
      return decodeJson(body, signature, options);
    case 'csv':
      return plain(decodeCsv(body, signature, options));
    case 'parquet':
      return decodeParquet(body).then(plain);
  }
}

/** The fast paths give what the exact one gives, or null. */
function decodeJson(
  body: Uint8Array,
  signature: Signature | null,
  options: DecodeOptions,
): DecodedRequest {
  const fast = signature === null ? null : decodeFast(body, signature);
  if (fast === null || (options.lenientTypes && mayBeRounded(fast))) {
    return decodeJsonRequest(body, signature, options);
  }
  return plain(fast);
}

/** Whether a number was an integer that no double holds is told by its text alone. */
function mayBeRounded(data: ScoringInput): boolean {
  if (!isFrame(data)) return false;
  return data.columns.some(
    ({ data: { dtype, values } }) =>
      dtype === 'float64' &&
      Array.prototype.some.call(values, (value: number) => Math.abs(value) >= 2 ** 53),
  );
}

function decodeFast(body: Uint8Array, signature: Signature): ScoringInput | null {
  if (signature.inputs?.kind === 'tensors') return decodeNumericTensor(body, signature);
  return decodeNumericBody(body, signature) ?? decodeFastFrame(body, signature);
}

function plain(data: ScoringInput): DecodedRequest {
  return { data, params: null, unified: false, stream: false };
}
