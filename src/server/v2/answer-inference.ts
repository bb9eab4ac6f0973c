/** One inference: body in, JSON or JSON with binary tensors out. */
import type { Caller } from '../../scoring/deadline.ts';
import { decodeInferInput } from '../../payload/oip/decode-infer-input.ts';
import {
  encodeInferResponse,
  type InferResponse,
} from '../../payload/oip/encode-infer-response.ts';
import { invalidRequest } from '../../payload/oip/oip-error.ts';
import { readInferRequest } from '../../payload/oip/read-infer-request.ts';
import type { ServedModel } from '../../repository/model-repository.ts';

/** A request as it arrived. */
export interface InferenceCall {
  readonly body: Uint8Array;
  /** The header Inference-Header-Content-Length. */
  readonly headerLength: string | undefined;
  /** As `performance.now()`. */
  readonly startedAtMs: number;
  readonly caller: Caller;
}

/** Scores. @throws INVALID_INPUT and the codes of scoring */
export async function answerInference(
  model: ServedModel,
  { body, headerLength, startedAtMs, caller }: InferenceCall,
): Promise<InferResponse> {
  const request = readInferRequest(body, readHeaderLength(headerLength));
  const data = decodeInferInput(request, model.tensors);
  const prediction = await model.service.scoreInput(data, request.params, { startedAtMs, caller });
  return encodeInferResponse(prediction, request, model);
}

function readHeaderLength(header: string | undefined): number | null {
  if (header === undefined) return null;
  const length = /^\d{1,15}$/.test(header) ? Number(header) : Number.NaN;
  if (Number.isSafeInteger(length)) return length;
  throw invalidRequest('the header Inference-Header-Content-Length must be a number of bytes.');
}
