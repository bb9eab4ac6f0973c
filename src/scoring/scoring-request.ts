import type { Scorer } from '../contract/scorer.ts';
import type { Signature } from '../model/signature.ts';
import type { Begun } from './deadline.ts';

/** One request; its deadline counts from when it began. */
export interface ScoringRequest extends Begun {
  readonly body: Uint8Array;
  /** As the client sent it; undefined when it sent none. */
  readonly contentType: string | undefined;
  /** Leave out `{"predictions": …}` around the result. Default: false. */
  readonly bare?: boolean;
}

/** What the service needs of a model. */
export interface ScoringTarget {
  readonly scorer: Scorer;
  readonly signature: Signature | null;
}
