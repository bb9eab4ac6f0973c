/** A scorer that may answer only so many calls at once → one that takes any number: they queue, and merge where they may. */
import type { RawScoring, Scorer } from '../contract/scorer.ts';
import { CallMerger } from './call-merger.ts';
import { CallQueue } from './call-queue.ts';
import { isMergeable } from './mergeable-input.ts';
import { type ScoringOptions, resolveQueueOptions } from './scoring-options.ts';

/** A scorer with its queue; null for a scorer without limits, which needs none. */
export interface LimitedScorer {
  readonly scorer: Scorer;
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
        })
      : null;
  return {
    queue,
    scorer: {
      predict: (input, params, signal) =>
        merger !== null && params === null && isMergeable(input)
          ? merger.predict(input, signal)
          : queue.run(signal, () => scorer.predict(input, params, signal)),
      ...(scorer.predictStream !== undefined && {
        predictStream: (input, params, signal) =>
          queue.stream(signal, () => scorer.predictStream!(input, params, signal)),
      }),
      ...(scorer.raw !== undefined && { raw: limitRaw(scorer.raw, queue) }),
      close: () => scorer.close(),
    },
  };
}

function limitRaw(raw: RawScoring, queue: CallQueue): RawScoring {
  return {
    when: raw.when,
    predict: (request, signal) => queue.run(signal, () => raw.predict(request, signal)),
    ...(raw.predictStream !== undefined && {
      predictStream: (request, signal) =>
        queue.stream(signal, () => raw.predictStream!(request, signal)),
    }),
  };
}
