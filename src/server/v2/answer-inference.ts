/** One inference: body in, JSON or JSON with binary tensors out. */
import type { Begun } from '../../scoring/deadline.ts';
import { unreadNotes } from '../../scoring/request-notes.ts';
import { decodeInferInput } from '../../payload/oip/decode-infer-input.ts';
import {
  encodeInferResponse,
  type InferResponse,
} from '../../payload/oip/encode-infer-response.ts';
import { invalidRequest } from '../../payload/oip/oip-error.ts';
import { readInferRequest } from '../../payload/oip/read-infer-request.ts';
import type { ServedModel } from '../../repository/model-repository.ts';

/** A request as it arrived. */
export interface InferenceCall extends Begun {
  readonly body: Uint8Array;
  /** The header Inference-Header-Content-Length. */
  readonly headerLength: string | undefined;
}

/** Scores. @throws INVALID_INPUT and the codes of scoring */
export async function answerInference(
  model: ServedModel,
  call: InferenceCall,
): Promise<InferResponse> {
  const { body, headerLength, notes = unreadNotes } = call;
  notes.model = model.service.observer;
  notes.parseAtMs = performance.now();
  const request = readInferRequest(body, readHeaderLength(headerLength));
  const data = decodeInferInput(request, model.tensors);
  const prediction = await model.service.scoreInput(data, request.params, call);
  const response = encodeInferResponse(prediction, request, model);
  notes.encodedAtMs = performance.now();
  return response;
}

function readHeaderLength(header: string | undefined): number | null {
  if (header === undefined) return null;
  const length = /^\d{1,15}$/.test(header) ? Number(header) : Number.NaN;
  if (Number.isSafeInteger(length)) return length;
  throw invalidRequest('the header Inference-Header-Content-Length must be a number of bytes.');
}
