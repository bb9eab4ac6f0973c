/** A connection whose requests are read here, one after another, until one comes that needs Node's HTTP server. */
import type { Socket } from 'node:net';
import type { Answer } from '../error-answer.ts';
import { clientGoneStatus, type Observer } from '../../observe/observer.ts';
import { type Arrival, keepAnswer, type ObservedRequest } from '../../observe/observed-request.ts';
import { type RequestHead, RequestHeadReader } from './read-request-head.ts';
import { type AnswerHead, encodingOf, writeAnswer } from './write-answer.ts';

/** A request that was read from a socket. */
export interface DirectRequest {
  readonly body: Buffer;
  /** As the client sent it; undefined when it sent none. */
  readonly contentType: string | undefined;
  /** When its first byte was there, as `performance.now()`. */
  readonly startedAtMs: number;
  /** The connection: emits `close` when the client goes away. */
  readonly caller: Socket;
  /** The request as it is observed; undefined: nobody does. */
  readonly notes: ObservedRequest | undefined;
}

/** What all connections of a server share. */
export interface DirectWay {
  /** Whether requests may be answered here now. */
  isOpen(): boolean;
  /** Whether a request may name this host. */
  admitsHost(host: string): boolean;
  /** Largest body that the server accepts, in bytes. */
  readonly bodyBytes: number;
  /** Answers one request; never rejects. */
  answer(request: DirectRequest): Promise<Answer>;
  /** Calls `end` of the connection with the answer, at the latest at the end of this turn. */
  queue(connection: DirectConnection, answer: Answer): void;
  /** Something of a request is there, but not all of it. */
  waitFor(connection: DirectConnection): void;
  /** Gives the socket to Node's HTTP server, with what has been read of the next request. */
  handOver(connection: DirectConnection, bytes: Buffer): void;
  /** Answers a request that ended before it was complete. */
  refuse(connection: DirectConnection): void;
  /** The connection is closed. */
  forget(connection: DirectConnection): void;
  /** Observes every request; undefined: nobody does. */
  readonly observer: Observer | undefined;
  /** How the next answer begins. */
  readonly head: AnswerHead;
}

/** Longest body that is read here, in bytes. Longer ones spend their time elsewhere. */
const longestBodyBytes = 65_536;

/** Most bytes of answers that a client may leave unread before nothing more of it is read. */
const longestBacklogBytes = 65_536;

/** `reading`: the next request; otherwise one is being scored, has its answer queued, or the client is behind with reading. */
type State = 'reading' | 'scoring' | 'queued' | 'draining';

/** One connection. */
export class DirectConnection {
  readonly socket: Socket;
  /** When something was last sent or begun, as `performance.now()`. */
  usedAtMs: number = performance.now();
  readonly #way: DirectWay;
  #state: State = 'reading';
  /** Begin of a request, or what came before the last one was answered. */
  #held: Buffer | null = null;
  #heldAtMs = 0;
  readonly #heads = new RequestHeadReader();
  #hasEnded = false;
  #arrival: Arrival;
  #observed: ObservedRequest | undefined;
  /** Of an answer that was written and is not counted yet; else 0. */
  #answeredStatus = 0;
  #answeredAtMs = 0;

  constructor(socket: Socket, way: DirectWay) {
    this.socket = socket;
    this.#way = way;
    this.#arrival = { method: 'POST', url: '/invocations', headers: {}, socket };
    socket.on('data', this.#receive);
    socket.on('end', this.#finish);
    socket.on('error', ignore);
    socket.on('close', this.#close);
  }

  /** Nothing has been asked that is not answered. */
  get isIdle(): boolean {
    return this.#state === 'reading' && this.#held === null;
  }

  /** Since when the rest of a request has been missing, as `performance.now()`; null when none is. */
  get partialSinceMs(): number | null {
    return this.#state === 'reading' && this.#held !== null ? this.#heldAtMs : null;
  }

  /** Writes an answer, and goes on with the next request. */
  end(answer: Answer): void {
    const { socket } = this;
    const { head } = this.#way;
    this.usedAtMs = performance.now();
    this.#state = 'reading';
    if (socket.destroyed) {
      if (this.#observed !== undefined) this.#endObserved(clientGoneStatus, this.usedAtMs);
      return;
    }
    const text = writeAnswer(answer, head, this.usedAtMs, this.#extraHead(answer));
    const isSent = socket.write(text, encodingOf(answer));
    if (this.#observed !== undefined) this.#noteAnswered(answer.status);
    if (head.isLast) socket.destroySoon();
    else if (!isSent && socket.writableLength > longestBacklogBytes) this.#drain();
    else this.#goOn();
  }

  /**
   * Counts and logs the answer that was written: later than that, so that it leaves before, and because the same work
   * for several connections in a row costs half of what it does between their writes.
   */
  settle(): void {
    const status = this.#answeredStatus;
    if (status === 0) return;
    this.#answeredStatus = 0;
    this.#endObserved(status, this.#answeredAtMs);
  }

  /** Reads no more. @returns what was read of a request that is not complete */
  release(): Buffer {
    const { socket } = this;
    socket.off('data', this.#receive);
    socket.off('end', this.#finish);
    socket.off('error', ignore);
    socket.off('close', this.#close);
    const held = this.#held ?? noBytes;
    this.#held = null;
    return held;
  }

  readonly #receive = (chunk: Buffer): void => {
    const bytes = this.#held === null ? chunk : Buffer.concat([this.#held, chunk]);
    if (this.#state === 'reading') {
      this.#advance(bytes, this.#held === null ? performance.now() : this.#heldAtMs);
    } else {
      this.#held = bytes;
      this.socket.pause();
    }
  };

  #drain(): void {
    this.#state = 'draining';
    this.socket.pause();
    this.socket.once('drain', () => {
      this.#state = 'reading';
      this.#goOn();
    });
  }

  #goOn(): void {
    const { socket } = this;
    const held = this.#held;
    this.#held = null;
    if (socket.isPaused()) socket.resume();
    if (held !== null) this.#advance(held, performance.now());
    else if (this.#way.head.isLast) socket.destroySoon();
    else if (this.#hasEnded) socket.end();
  }

  #advance(bytes: Buffer, startedAtMs: number): void {
    const head = this.#way.isOpen() ? this.#heads.read(bytes) : undefined;
    if (head === undefined || (head !== null && !this.#isForUs(head))) {
      this.#way.handOver(this, bytes);
      return;
    }
    const end = head === null ? Infinity : head.headBytes + head.bodyBytes;
    if (head === null || bytes.length < end) {
      this.#held = bytes;
      this.#heldAtMs = startedAtMs;
      this.#way.waitFor(this);
      return;
    }
    this.#held = bytes.length > end ? bytes.subarray(end) : null;
    void this.#score(head, bytes.subarray(head.headBytes, end), startedAtMs);
  }

  #isForUs({ bodyBytes, host }: RequestHead): boolean {
    const { bodyBytes: mostBytes } = this.#way;
    return bodyBytes <= Math.min(longestBodyBytes, mostBytes) && this.#way.admitsHost(host);
  }

  async #score(head: RequestHead, body: Buffer, startedAtMs: number): Promise<void> {
    this.#state = 'scoring';
    const { socket } = this;
    const notes = this.#observe(head, body, startedAtMs);
    const answer = await this.#way.answer({
      body,
      contentType: head.contentType,
      startedAtMs,
      caller: socket,
      notes,
    });
    this.#state = 'queued';
    this.#way.queue(this, answer);
  }

  /** One request at a time, so the notes of the last one are used again, unless its work may still go on. */
  #observe(
    { observed: headers }: RequestHead,
    body: Buffer,
    startedAtMs: number,
  ): ObservedRequest | undefined {
    const { observer } = this.#way;
    if (observer === undefined) return undefined;
    this.settle();
    if (this.#arrival.headers !== headers) this.#arrival = { ...this.#arrival, headers };
    this.#observed = observer.begin(this.#arrival, startedAtMs, this.#observed);
    this.#observed.bytesIn = body.length;
    if (this.#observed.payload !== null) this.#observed.payload.body = body;
    return this.#observed;
  }

  #extraHead({ body }: Answer): string {
    const { observer } = this.#way;
    if (observer === undefined || this.#observed === undefined) return '';
    this.#observed.bytesOut = body.length;
    keepAnswer(this.#observed, body);
    return observer.answerHead(this.#observed);
  }

  #noteAnswered(status: number): void {
    this.#answeredStatus = status;
    this.#answeredAtMs = this.usedAtMs;
  }

  #endObserved(status: number, endedAtMs: number): void {
    const observed = this.#observed!;
    this.#way.observer?.end(observed, status, endedAtMs);
    if (status >= 400) this.#observed = undefined;
  }

  /** The client sends nothing more. As with Node's server, what is not scored by now is not answered. */
  readonly #finish = (): void => {
    if (this.#state === 'queued' || this.#state === 'draining') this.#hasEnded = true;
    else if (this.#state === 'reading' && this.#held !== null) this.#way.refuse(this);
    else this.socket.end();
  };

  readonly #close = (): void => this.#way.forget(this);
}

const noBytes = Buffer.alloc(0);

/** A broken connection is closed by Node, which is all that there is to do. */
function ignore(): void {
  // nothing
}
