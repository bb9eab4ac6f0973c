/**
 * Scoring apart from transport: body in, answer text out. Decoding, enforcement, deadline, queue and encoding
 * wrap the scorer here once, for every flavor and every transport.
 */
import type { PyValue } from '../data/py-value.ts';
import type { Prediction, ScoringInput } from '../data/scoring-data.ts';
import { encodePrediction } from '../payload/encode-prediction.ts';
import { enforceInput } from '../schema/enforce-input.ts';
import { enforceParams } from '../schema/enforce-params.ts';
import type { AnswerStream } from './answer-stream.ts';
import { decodeBody } from './decode-body.ts';
import { type Begun, createDeadline } from './deadline.ts';
import { InHand } from './in-hand.ts';
import { limitCalls } from './limit-calls.ts';
import { scoreInput } from './score-input.ts';
import { type RoutedScoring, scoreRouted } from './score-routed.ts';
import type { ScoringOptions } from './scoring-options.ts';
import type { ScoringRequest, ScoringTarget } from './scoring-request.ts';
import { rowsOf } from './rows-of.ts';
import { type ModelObserver, unreadNotes } from './request-notes.ts';
import { refuseStream, type StreamWish } from './stream-wish.ts';

export type { AnswerStream } from './answer-stream.ts';
export type { ScoringRequest, ScoringTarget } from './scoring-request.ts';
export type { StreamWish } from './stream-wish.ts';

/** Scores requests of one model. */
export interface ScoringService {
  /**
   * Answers one request with the text of the response body (ASCII JSON).
   *
   * @throws DEADLINE_EXCEEDED, CLIENT_GONE, QUEUE_FULL, PREDICT_FAILED, MODEL_RAISED, UNENCODABLE_RESULT and the
   *   codes of payload, schema and workers
   */
  score(request: ScoringRequest): Promise<string>;
  /**
   * The same for a client that may get a stream: once its first item is there.
   *
   * @throws STREAMING_UNSUPPORTED and the codes of {@link score}
   */
  respond(request: ScoringRequest, wish: StreamWish): Promise<string | AnswerStream>;
  /**
   * Scores input that a transport has decoded by itself, and that has not been enforced.
   *
   * @throws the codes of {@link score} but those of payload
   */
  scoreInput(data: ScoringInput, params: PyValue, begun: Begun): Promise<Prediction>;
  /** Whether an answer may be a stream. */
  readonly streams: boolean;
  /** Whoever observes the model; null: nobody. */
  readonly observer: ModelObserver | null;
  /** What is going on now. */
  readonly load: ScoringLoad;
  /** Resolves when no request is in hand, streams included. */
  drained(): Promise<void>;
  /** Closes the scorer. */
  close(): Promise<void>;
}

/** Requests in hand; zero for a scorer that takes any number of calls. */
export interface ScoringLoad {
  /** Calls that run. */
  readonly running: number;
  /** Requests that wait for one. */
  readonly waiting: number;
}

/** Makes the service of one opened model. */
export function createScoringService(
  target: ScoringTarget,
  options: ScoringOptions,
): ScoringService {
  const { scorer, queue } = limitCalls(target.scorer, options);
  const { signature } = target;
  const deadline = createDeadline(options.timeoutMs);
  const inHand = new InHand();
  const scoring = { scorer, signature, options, deadline };
  const isDirect = scorer.raw === undefined && scorer.predictStream === undefined;
  const answer = isDirect ? scoreDirectly : scoreRouted;
  return {
    streams: scorer.predictStream !== undefined || scorer.raw?.predictStream !== undefined,
    observer: options.observer ?? null,
    get load() {
      return { running: queue?.running ?? 0, waiting: queue?.waiting ?? 0 };
    },
    drained: () => inHand.none(),
    close: () => {
      options.observer?.closed();
      return target.scorer.close();
    },
    score: (request) => inHand.hold(answer(scoring, request, 'never') as Promise<string>),
    scoreInput: (data, params, begun) => inHand.hold(scoreInput(scoring, data, params, begun)),
    respond: (request, wish) =>
      inHand.holdStream(answer(scoring, request, options.compat === 'mlflow' ? 'never' : wish)),
  };
}

/** One request of a scorer that neither parses requests nor streams: the way of every native model. */
async function scoreDirectly(
  { scorer, signature, options, deadline }: RoutedScoring,
  request: ScoringRequest,
  wish: StreamWish,
): Promise<string> {
  const notes = request.notes ?? unreadNotes;
  notes.model = options.observer ?? null;
  notes.parseAtMs = performance.now();
  const decoding = decodeBody(request, signature, options);
  const decoded = decoding instanceof Promise ? await decoding : decoding;
  if (decoded.stream || wish === 'required') refuseStream(wish, decoded.stream, false);
  const input = enforceInput(decoded.data, signature, options);
  const params = enforceParams(decoded.params, signature?.params ?? null, options);
  notes.rows = rowsOf(input);
  notes.predictAtMs = deadline.check(request.startedAtMs);
  const prediction = await deadline.run(request, (signal) =>
    scorer.predict(input, params, signal, notes),
  );
  notes.encodeAtMs = performance.now();
  const text = encodePrediction(prediction, {
    nonFinite: options.nonFinite,
    wrap: !decoded.unified && request.bare !== true,
  });
  notes.encodedAtMs = deadline.check(request.startedAtMs);
  return text;
}
