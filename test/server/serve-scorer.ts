/** A scorer behind a server on a free port, and whoever observes its requests. */
import type { Scorer } from '../../src/contract/scorer.ts';
import type { Metrics } from '../../src/observe/metrics.ts';
import { Observer, type ObserverParts } from '../../src/observe/observer.ts';
import { createScoringService } from '../../src/scoring/scoring-service.ts';
import { createScoringServer } from '../../src/server/create-scoring-server.ts';
import { listen } from '../../src/server/listen.ts';

/** What a test changes. */
export interface ServedScorerOptions {
  /** Default: answers `[1]`. */
  readonly scorer?: Partial<Scorer>;
  /** Who observes; what is left out is switched off. */
  readonly observed: Partial<ObserverParts>;
  /** Counts the requests of the model; default: nobody does. */
  readonly meter?: ReturnType<Metrics['open']>;
}

/** The running server. */
export interface ServedScorer {
  readonly url: string;
  readonly port: number;
  /** Stops the server and closes its observer; more than once is as once. */
  readonly stop: () => Promise<void>;
}

const options = {
  compat: 'slipway',
  lenientTypes: false,
  nonFinite: 'tokens',
  timeoutMs: 10_000,
} as const;

/** Starts it. */
export async function serveScorer({
  scorer = {},
  observed,
  meter,
}: ServedScorerOptions): Promise<ServedScorer> {
  const observer = new Observer({
    metrics: null,
    requestIds: null,
    serverTiming: false,
    accessLog: null,
    close: async () => undefined,
    ...observed,
  });
  const whole = { predict: async () => [1], close: async () => undefined, ...scorer };
  const service = createScoringService(
    { scorer: whole, signature: null },
    { ...options, ...(meter !== undefined && { observer: meter }) },
  );
  const server = createScoringServer(service, { ...options, observer, report: () => undefined });
  const { url, port } = await listen(server, { host: '127.0.0.1', port: 0 });
  let stopping: Promise<void> | null = null;
  return {
    url,
    port,
    stop: () => (stopping ??= server.stop().then(() => observer.close())),
  };
}
