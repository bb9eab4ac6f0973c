import type { Scorer } from '../contract/scorer.ts';
import type { Signature } from '../model/signature.ts';
import type { Caller } from './deadline.ts';

/** One request. */
export interface ScoringRequest {
  readonly body: Uint8Array;
  /** As the client sent it; undefined when it sent none. */
  readonly contentType: string | undefined;
  /** When the request began, as `performance.now()`; the deadline counts from here. */
  readonly startedAtMs: number;
  /** Whoever waits for the answer; its `close` aborts the work. */
  readonly caller?: Caller;
  /** Leave out `{"predictions": …}` around the result. Default: false. */
  readonly bare?: boolean;
}

/** What the service needs of a model. */
export interface ScoringTarget {
  readonly scorer: Scorer;
  readonly signature: Signature | null;
}
