/** One request as whoever observes it sees it, from its head to the end of its answer. */
import type { ModelObserver, RequestNotes } from '../scoring/request-notes.ts';
import type { TraceContext } from './trace-context.ts';

/** A request that has come; `IncomingMessage` is one. */
export interface Arrival {
  readonly method?: string | undefined;
  /** Path and query. */
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/** Body and answer of a request that was chosen for the payload log. */
export interface KeptPayload {
  body: Uint8Array | null;
  /** Parts of the answer, until nothing more is to be kept. */
  readonly answer: (string | Uint8Array)[];
  /** Bytes of the answer that may still be kept. */
  roomBytes: number;
}

/** Written by server and scoring as the request goes on, read when it has ended. */
export class ObservedRequest implements RequestNotes {
  model: ModelObserver | null = null;
  rows = -1;
  parseAtMs = 0;
  predictAtMs = 0;
  queueMs = 0;
  encodeAtMs = 0;
  encodedAtMs = 0;
  arrival: Arrival;
  /** As `performance.now()`. */
  startedAtMs: number;
  /** Empty where the server gives no ids. */
  requestId = '';
  /** Of this request where it is traced, else as the client sent it. */
  trace: TraceContext | null = null;
  /** Pattern of the path; empty: found from the path. */
  route = '';
  bytesIn = 0;
  bytesOut = 0;
  /** Code of the catalogue; empty where nothing failed. */
  errorCode = '';
  hasEnded = false;
  /** Null unless it was chosen for the payload log. */
  payload: KeptPayload | null = null;

  constructor(arrival: Arrival, startedAtMs: number) {
    this.arrival = arrival;
    this.startedAtMs = startedAtMs;
  }

  /** Becomes another request, of which nothing is known yet. */
  restart(arrival: Arrival, startedAtMs: number): this {
    this.arrival = arrival;
    this.startedAtMs = startedAtMs;
    this.model = null;
    this.rows = -1;
    this.parseAtMs = 0;
    this.predictAtMs = 0;
    this.queueMs = 0;
    this.encodeAtMs = 0;
    this.encodedAtMs = 0;
    this.requestId = '';
    this.trace = null;
    this.route = '';
    this.bytesIn = 0;
    this.bytesOut = 0;
    this.errorCode = '';
    this.hasEnded = false;
    this.payload = null;
    return this;
  }
}

/** Keeps a part of the answer, where the request was chosen for the payload log. */
export function keepAnswer({ payload }: ObservedRequest, part: string | Uint8Array): void {
  if (payload === null || payload.roomBytes <= 0) return;
  payload.answer.push(part);
  payload.roomBytes -= part.length;
}
