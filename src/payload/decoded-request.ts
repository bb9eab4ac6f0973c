/** What a request says, after decoding and casting and before enforcement. */
import type { PyValue } from '../data/py-value.ts';
import type { ScoringInput } from '../data/scoring-data.ts';

/** Data and params of one request. */
export interface DecodedRequest {
  readonly data: ScoringInput;
  /** `params` as sent; null when there are none. For LLM requests a dict, maybe empty. */
  readonly params: PyValue;
  /** True for an LLM request, whose answer is not wrapped in `predictions`. */
  readonly unified: boolean;
  /** True for a JSON body with `"stream": true` beside its data. */
  readonly stream: boolean;
}
