/** What is noted of a request while it is scored, for whoever observes requests. Nothing here decides anything. */

/** The model that scores, as whoever observes it sees it. */
export interface ModelObserver {
  readonly name: string;
  /** Empty where the model has none. */
  readonly version: string;
  /** The model was called once, with the rows of so many requests. */
  called(requests: number, rows: number): void;
  /** A request has come to a model that takes so many calls at once: `inHand` with this one, of which `waiting` were waiting. */
  queued(inHand: number, waiting: number): void;
  /** It answers no more. */
  closed(): void;
}

/** Moments are as `performance.now()`, 0 where the request has not come so far. */
export interface RequestNotes {
  /** Null until it is known who scores. */
  model: ModelObserver | null;
  /** Rows of the input; -1 where nobody here has read them. */
  rows: number;
  parseAtMs: number;
  /** The input has been read and enforced; from here it waits for its turn, and is scored. */
  predictAtMs: number;
  /** How long it waited for its turn. */
  queueMs: number;
  encodeAtMs: number;
  encodedAtMs: number;
}

/** Notes of a request of which nothing is known. */
export function createRequestNotes(): RequestNotes {
  return {
    model: null,
    rows: -1,
    parseAtMs: 0,
    predictAtMs: 0,
    queueMs: 0,
    encodeAtMs: 0,
    encodedAtMs: 0,
  };
}

/** For requests that nobody observes: written, never read. */
export const unreadNotes: RequestNotes = createRequestNotes();
