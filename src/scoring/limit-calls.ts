/** A scorer that may answer only so many calls at once → one that takes any number: they queue, and merge where they may. */
import type { RawPrediction, RawRequest, RawScoring, Scorer } from '../contract/scorer.ts';
import type { Prediction, ScoringInput, ScoringParams } from '../data/scoring-data.ts';
import { CallMerger } from './call-merger.ts';
import { CallQueue } from './call-queue.ts';
import { isMergeable } from './mergeable-input.ts';
import type { RequestNotes } from './request-notes.ts';
import { type ScoringOptions, resolveQueueOptions } from './scoring-options.ts';

/** A scorer that notes how long a request waited for its turn; every scorer is one, since none without a queue waits. */
export interface QueuedScorer extends Omit<Scorer, 'predict' | 'raw'> {
  readonly raw?: QueuedRaw;
  /** As {@link Scorer.predict}. */
  predict(
    input: ScoringInput,
    params: ScoringParams,
    signal: AbortSignal,
    notes?: RequestNotes,
  ): Promise<Prediction>;
}

/** The same for requests that the scorer parses itself. */
export interface QueuedRaw extends Omit<RawScoring, 'predict'> {
  /** As {@link RawScoring.predict}. */
  predict(request: RawRequest, signal: AbortSignal, notes?: RequestNotes): Promise<RawPrediction>;
}

/** A scorer with its queue; null for a scorer without limits, which needs none. */
export interface LimitedScorer {
  readonly scorer: QueuedScorer;
  readonly queue: CallQueue | null;
}

/** Puts a queue before a scorer that has limits. */
export function limitCalls(scorer: Scorer, options: ScoringOptions): LimitedScorer {
  const { limits } = scorer;
  if (limits === undefined) return { scorer, queue: null };
  const { maxQueue, batching, batchMaxRows, batchMaxWaitMs } = resolveQueueOptions(options);
  const queue = new CallQueue({ calls: limits.calls, maxQueue });
  const { mergedCalls } = limits;
  const merger =
    batching && mergedCalls !== undefined
      ? new CallMerger(scorer, queue, {
          mergedCalls,
          maxRows: batchMaxRows,
          maxWaitMs: batchMaxWaitMs,
          observer: options.observer,
        })
      : null;
  const { observer } = options;
  const note = (): void => observer?.queued(queue.running + queue.waiting + 1, queue.waiting);
  return {
    queue,
    scorer: {
      predict: (input, params, signal, notes) => {
        note();
        return merger !== null && params === null && isMergeable(input)
          ? merger.predict(input, signal, notes)
          : queue.run(signal, () => scorer.predict(input, params, signal), 'counted', notes);
      },
      ...(scorer.predictStream !== undefined && {
        predictStream: (input, params, signal) =>
          queue.stream(signal, () => scorer.predictStream!(input, params, signal)),
      }),
      ...(scorer.raw !== undefined && { raw: limitRaw(scorer.raw, queue, note) }),
      close: () => scorer.close(),
    },
  };
}

function limitRaw(raw: RawScoring, queue: CallQueue, note: () => void): QueuedRaw {
  return {
    when: raw.when,
    predict: (request, signal, notes) => {
      note();
      return queue.run(signal, () => raw.predict(request, signal), 'counted', notes);
    },
    ...(raw.predictStream !== undefined && {
      predictStream: (request, signal) =>
        queue.stream(signal, () => raw.predictStream!(request, signal)),
    }),
  };
}
