/** One request of a scorer that parses requests itself, or streams: the way that native scorers need not take. */
import type { Prediction } from '../data/scoring-data.ts';
import { encodePrediction } from '../payload/encode-prediction.ts';
import { type AnswerStream, openAnswerStream } from './answer-stream.ts';
import type { Deadline } from './deadline.ts';
import type { QueuedScorer } from './limit-calls.ts';
import { type RequestNotes, unreadNotes } from './request-notes.ts';
import { type Route, routeRequest } from './route-request.ts';
import { rowsOf } from './rows-of.ts';
import type { ScoringRequest, ScoringTarget } from './scoring-request.ts';
import type { ScoringOptions } from './scoring-options.ts';
import { refuseStream, type StreamWish, takesStreamField, wantsStream } from './stream-wish.ts';

/** What all requests of a service share. */
export interface RoutedScoring extends ScoringTarget {
  readonly scorer: QueuedScorer;
  readonly options: ScoringOptions;
  readonly deadline: Deadline;
}

type Source = (signal: AbortSignal) => AsyncIterable<Prediction>;

/** Answers with a text, or with a stream where the client wants one. */
export async function scoreRouted(
  scoring: RoutedScoring,
  request: ScoringRequest,
  wish: StreamWish,
): Promise<string | AnswerStream> {
  const { scorer, signature, options, deadline } = scoring;
  const notes = request.notes ?? unreadNotes;
  notes.model = options.observer ?? null;
  notes.parseAtMs = performance.now();
  const route = await routeRequest(request, { raw: scorer.raw, signature, options });
  if (route.kind === 'decoded') notes.rows = rowsOf(route.input);
  notes.predictAtMs = deadline.check(request.startedAtMs);
  const stream = sourceOf(scorer, route);
  const isInsisted = route.stream && !takesStreamField(signature);
  refuseStream(wish, isInsisted, stream !== null);
  if (stream !== null && wantsStream(wish, route.stream)) {
    return openStream(stream, scoring, request, notes);
  }
  const { prediction, unified } = await deadline.run(request, (signal) =>
    predictRoute(scorer, route, signal, notes),
  );
  notes.encodeAtMs = performance.now();
  const wrap = !unified && request.bare !== true;
  const text = encodePrediction(prediction, { nonFinite: options.nonFinite, wrap });
  notes.encodedAtMs = deadline.check(request.startedAtMs);
  return text;
}

/** Scores a request that has been routed. @throws the codes of the scorer */
export async function predictRoute(
  scorer: QueuedScorer,
  route: Route,
  signal: AbortSignal,
  notes?: RequestNotes,
): Promise<{ readonly prediction: Prediction; readonly unified: boolean }> {
  if (route.kind === 'raw' && scorer.raw !== undefined) {
    return scorer.raw.predict(route.request, signal, notes);
  }
  if (route.kind === 'raw') throw new Error('the scorer cannot parse requests itself');
  const prediction = await scorer.predict(route.input, route.params, signal, notes);
  return { prediction, unified: route.unified };
}

/** How to stream the answer; null where the model cannot. */
function sourceOf(scorer: QueuedScorer, route: Route): Source | null {
  const { raw } = scorer;
  if (route.kind === 'decoded' && scorer.predictStream !== undefined) {
    const { input, params } = route;
    return (signal) => scorer.predictStream!(input, params, signal);
  }
  if (raw?.predictStream === undefined) return null;
  return (signal) => raw.predictStream!(route.request, signal);
}

/** What is noted as encoding begins with the first item. */
async function openStream(
  source: Source,
  { options: { nonFinite }, deadline }: RoutedScoring,
  { startedAtMs, caller }: ScoringRequest,
  notes: RequestNotes,
): Promise<AnswerStream> {
  const stream = await openAnswerStream({
    source,
    encode: (item) => encodePrediction(item, { nonFinite, wrap: false }),
    deadline,
    startedAtMs,
    caller,
  });
  notes.encodeAtMs = performance.now();
  return stream;
}
