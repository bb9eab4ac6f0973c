import type { ModelObserver } from './request-notes.ts';

/** Options of the scoring service. */
export interface ScoringOptions {
  /** `mlflow`: MLflow's status and error code in every case. */
  readonly compat: 'slipway' | 'mlflow';
  /** Accept what loses nothing, refuse what would. */
  readonly lenientTypes: boolean;
  /** Keep request data and the schema out of error messages. Default: false. */
  readonly hideDetails?: boolean;
  /** How NaN and the infinities are written. */
  readonly nonFinite: 'tokens' | 'null';
  /** Limit of one request from its first byte to its answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Requests that may wait for a scorer that answers only so many at once. Default: 1,000. */
  readonly maxQueue?: number;
  /** Put waiting requests into one call, where rows are scored independently. Default: true. */
  readonly batching?: boolean;
  /** Most rows of one merged call. Default: 10,000. */
  readonly batchMaxRows?: number;
  /** How long a request may wait for others though a call could start, in milliseconds. Default: 0. */
  readonly batchMaxWaitMs?: number;
  /** Whoever observes the model; it stands in the notes of each request. Default: nobody. */
  readonly observer?: ModelObserver;
}

/** The part of the options that the queue needs. */
export type QueueOptions = Pick<
  ScoringOptions,
  'maxQueue' | 'batching' | 'batchMaxRows' | 'batchMaxWaitMs'
>;

/** Fills in the defaults. */
export function resolveQueueOptions({
  maxQueue = 1000,
  batching = true,
  batchMaxRows = 10_000,
  batchMaxWaitMs = 0,
}: QueueOptions): Required<QueueOptions> {
  return { maxQueue, batching, batchMaxRows, batchMaxWaitMs };
}
