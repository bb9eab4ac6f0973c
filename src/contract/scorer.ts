/** What scores: used alike by the server, the command line and a program that embeds Slipway. */
import type { Prediction, ScoringInput, ScoringParams } from '../data/scoring-data.ts';

/** An opened model. Safe to call concurrently. */
export interface Scorer {
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
  /** Frees threads, memory and processes. Idempotent. */
  close(): Promise<void>;
}
