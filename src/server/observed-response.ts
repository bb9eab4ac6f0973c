/**
 * Every response that Node hands out tells the observer of its beginning, its head and its end: no route can forget
 * to, and the code of the routes knows nothing of it.
 */
import { type IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { clientGoneStatus, noteFailure, type Observer } from '../observe/observer.ts';
import { catalogueErrorOf } from './catalogue-error-of.ts';
import { keepAnswer, type ObservedRequest } from '../observe/observed-request.ts';

/** A request that is observed. */
export interface ObservedMessage extends IncomingMessage {
  observed?: ObservedRequest;
}

type EndCallback = () => void;
type WriteCallback = (error: Error | null | undefined) => void;
type Headers = OutgoingHttpHeaders | OutgoingHttpHeaders[string][];

/** Node calls it with options, of which its types don't know. */
const Response = ServerResponse as new (
  request: IncomingMessage,
  options?: object,
) => ServerResponse;

class ObservedResponse extends Response {
  readonly #observer: Observer;
  readonly #observed: ObservedRequest;
  readonly #onSocketClose: (() => void) | null = null;
  #isStream = false;

  constructor(observer: Observer, request: IncomingMessage, options?: object) {
    super(request, options);
    this.#observer = observer;
    this.#observed = observer.begin(request);
    (request as ObservedMessage).observed = this.#observed;
    this.on('close', endOfResponse);
    if (!isPipelined(request)) return;
    // Node does not close a response that never got its turn.
    this.#onSocketClose = () => this.endObserved();
    request.socket.setMaxListeners(0).on('close', this.#onSocketClose);
  }

  override writeHead(status: number, reasonOrHeaders?: string | Headers, headers?: Headers): this {
    const given = typeof reasonOrHeaders === 'object' ? reasonOrHeaders : headers;
    if (given !== undefined && !Array.isArray(given)) this.#observer.answer(this.#observed, given);
    return super.writeHead(status, reasonOrHeaders as string, headers as OutgoingHttpHeaders);
  }

  /** Parts of a stream have no length beforehand. */
  override write(
    chunk: string | Uint8Array,
    encoding?: BufferEncoding | WriteCallback,
    callback?: WriteCallback,
  ): boolean {
    this.#isStream = true;
    this.#observed.bytesOut += Buffer.byteLength(chunk);
    keepAnswer(this.#observed, chunk);
    return super.write(chunk, encoding as BufferEncoding, callback);
  }

  override end(
    chunk?: string | Uint8Array | EndCallback,
    encoding?: BufferEncoding | EndCallback,
    callback?: EndCallback,
  ): this {
    if (chunk !== undefined && typeof chunk !== 'function') {
      if (this.#isStream) this.#observed.bytesOut += Buffer.byteLength(chunk);
      keepAnswer(this.#observed, chunk);
    }
    return super.end(chunk, encoding as BufferEncoding, callback);
  }

  /** It was sent, or never will be. */
  endObserved(): void {
    if (this.#onSocketClose !== null) this.req.socket.off('close', this.#onSocketClose);
    const observed = this.#observed;
    if (this.writableFinished) return this.#observer.end(observed, this.statusCode);
    if (observed.errorCode === '') observed.errorCode = 'CLIENT_GONE';
    this.#observer.end(observed, clientGoneStatus);
  }
}

/** One function for all, since a closure for each would cost more than all that is counted. */
function endOfResponse(this: ObservedResponse): void {
  this.endObserved();
}

/** The class for the responses of one server. */
export function observedResponseClass(observer: Observer): typeof ServerResponse {
  class ResponseOfServer extends ObservedResponse {
    constructor(request: IncomingMessage, options?: object) {
      super(observer, request, options);
    }
  }
  return ResponseOfServer as unknown as typeof ServerResponse;
}

/** True where the answer to an earlier request of the connection is still to be sent. */
function isPipelined({ socket }: IncomingMessage): boolean {
  const { _httpMessage: sending } = socket as { _httpMessage?: unknown };
  return sending !== null && sending !== undefined;
}

/** Where scoring notes how a request goes; also takes down how long its body was. */
export function notesOf(
  message: ObservedMessage,
  body: Uint8Array,
): { readonly notes?: ObservedRequest } {
  const { observed } = message;
  if (observed === undefined) return {};
  observed.bytesIn = body.length;
  if (observed.payload !== null) observed.payload.body = body;
  return { notes: observed };
}

/** Notes why a request failed, where it is observed. */
export function noteError(message: ObservedMessage, error: unknown): void {
  if (message.observed !== undefined) noteFailure(message.observed, catalogueErrorOf(error));
}
