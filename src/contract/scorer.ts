/** What scores: used alike by the server, the command line and a program that embeds Slipway. */
import type { Prediction, ScoringInput, ScoringParams } from '../data/scoring-data.ts';

/** An opened model. Safe to call concurrently. */
export interface Scorer {
  /** How many calls may run at once. Absent: any number, since they are computed in this process. */
  readonly limits?: ScorerLimits;
  /** Where the model's own library can parse a request itself. Absent: it never needs to. */
  readonly raw?: RawScoring;
  /**
   * Scores input that has passed schema enforcement.
   *
   * @param input frame, array or value, as MLflow would hand it to the model
   * @param params enforced params; null when there are none
   * @param signal aborted when the deadline passes or the client leaves
   * @throws PREDICT_FAILED when the model refuses the input
   */
  predict(input: ScoringInput, params: ScoringParams, signal: AbortSignal): Promise<Prediction>;
  /** Scores and yields parts, where the model streams. */
  predictStream?(
    input: ScoringInput,
    params: ScoringParams,
    signal: AbortSignal,
  ): AsyncIterable<Prediction>;
  /** Its worker processes. Absent: it has none. */
  workers?(): WorkerCounts;
  /** Frees threads, memory and processes. Idempotent. */
  close(): Promise<void>;
}

/** Worker processes by state. */
export interface WorkerCounts {
  readonly starting: number;
  readonly ready: number;
  /** They take no new work. */
  readonly draining: number;
  /** Processes started so far in place of lost ones. */
  readonly restarts: number;
}

/** What `scoring` must know to queue calls and to merge them. */
export interface ScorerLimits {
  /** Calls that may run at once; further ones wait in the queue. At least 1. */
  readonly calls: number;
  /**
   * Where each row is scored independently of the others, so that the rows of several requests may go
   * in one call: how many such calls may run at once. Absent: calls are never merged.
   */
  readonly mergedCalls?: number;
}

/** A scorer that takes a request as it came, so that what is parsed is exact by construction. */
export interface RawScoring {
  /**
   * `always`: every request (type hints, nested types, LLM input); `unusual`: only requests whose data,
   * once decoded, is not of plain dtypes.
   */
  readonly when: 'always' | 'unusual';
  /** @throws MODEL_RAISED, PREDICT_FAILED, INVALID_INPUT, UNENCODABLE_RESULT */
  predict(request: RawRequest, signal: AbortSignal): Promise<RawPrediction>;
  /** Yields parts, where the model streams. */
  predictStream?(request: RawRequest, signal: AbortSignal): AsyncIterable<Prediction>;
}

/** A request body that nobody has read. */
export interface RawRequest {
  readonly body: Uint8Array;
  readonly contentType: 'json' | 'csv' | 'parquet';
}

/** What the model returned for a {@link RawRequest}. */
export interface RawPrediction {
  readonly prediction: Prediction;
  /** True for an LLM request, whose answer is not wrapped in `predictions`. */
  readonly unified: boolean;
}
