/**
 * Scoring apart from transport: body in, answer text out. Decoding, enforcement, deadline and encoding wrap
 * the scorer here once, for every flavor and every transport.
 */
import type { Scorer } from '../contract/scorer.ts';

import type { Signature } from '../model/signature.ts';
import { decodeRequest } from '../payload/decode-request.ts';
import { encodePrediction } from '../payload/encode-prediction.ts';
import { enforceInput } from '../schema/enforce-input.ts';
import { enforceParams } from '../schema/enforce-params.ts';
import { type Caller, createDeadline, type Deadline } from './deadline.ts';
import type { ScoringOptions } from './scoring-options.ts';
import { createTimings, type Timings } from './timings.ts';

/** One request. */
export interface ScoringRequest {
  readonly body: Uint8Array;
  /** As the client sent it; undefined when it sent none. */
  readonly contentType: string | undefined;
  /** When the request began, as `performance.now()`; the deadline counts from here. */
  readonly startedAtMs: number;
  /** Whoever waits for the answer; its `close` aborts the work. */
  readonly caller?: Caller;
}

/** Scores requests of one model. */
export interface ScoringService {
  /**
   * Answers one request with the text of the response body (ASCII JSON).
   *
   * @throws DEADLINE_EXCEEDED, CLIENT_GONE, PREDICT_FAILED, UNENCODABLE_RESULT and the codes of payload and schema
   */
  score(request: ScoringRequest): Promise<string>;
  /** Time spent so far, by phase. */
  readonly timings: Timings;
  /** Closes the scorer. */
  close(): Promise<void>;
}

/** What the service needs of a model. */
export interface ScoringTarget {
  readonly scorer: Scorer;
  readonly signature: Signature | null;
}

/** Makes the service of one opened model. */
export function createScoringService(
  { scorer, signature }: ScoringTarget,
  options: ScoringOptions,
): ScoringService {
  const timings = createTimings();
  const deadline: Deadline = createDeadline(options.timeoutMs);
  return {
    timings,
    close: () => scorer.close(),
    async score(request) {
      const decodedAt = performance.now();
      const decoding = decodeRequest(request.body, request.contentType, signature, options);
      const decoded = decoding instanceof Promise ? await decoding : decoding;
      const enforcedAt = performance.now();
      const input = enforceInput(decoded.data, signature, options);
      const params = enforceParams(decoded.params, signature?.params ?? null, options);
      const predictedAt = deadline.check(request.startedAtMs);
      const prediction = await deadline.run(request, (signal) =>
        scorer.predict(input, params, signal),
      );
      const encodedAt = performance.now();
      const text = encodePrediction(prediction, {
        nonFinite: options.nonFinite,
        wrap: !decoded.unified,
      });
      const endedAt = deadline.check(request.startedAtMs);
      timings.requests++;
      timings.decodeMs += enforcedAt - decodedAt;
      timings.enforceMs += predictedAt - enforcedAt;
      timings.predictMs += encodedAt - predictedAt;
      timings.encodeMs += endedAt - encodedAt;
      return text;
    },
  };
}
