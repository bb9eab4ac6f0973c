/**
 * The direct way to `/invocations`, before Node's HTTP server. That spends 12 µs on a request which says nothing but
 * its body, more than a model of 500 trees does; here it is 5. Every connection begins here, and goes to Node with all
 * that was read of it at the first request that is anything else: another path, a header that `read-request-head.ts`
 * does not know, a long body, a slow client. So nothing here has an opinion on HTTP, only on one kind of request.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Observer } from '../../observe/observer.ts';
import type { Answer } from '../error-answer.ts';
import { refuseMalformed } from '../refuse-malformed.ts';
import type { AnswerStyle } from '../send-answer.ts';
import { DirectConnection, type DirectRequest, type DirectWay } from './direct-connection.ts';
import type { AnswerHead } from './write-answer.ts';

/** What a server answers directly. */
export interface DirectOptions {
  readonly style: AnswerStyle;
  /** Whether a request may be answered here now; asked for each. */
  readonly isOpen: () => boolean;
  /** Whether a request may name this host. */
  readonly admitsHost: (host: string) => boolean;
  /** Largest body that the server accepts, in bytes. */
  readonly bodyBytes: number;
  /** Answers one request; never rejects. */
  readonly answer: (request: DirectRequest) => Promise<Answer>;
  /** Observes every request. */
  readonly observer?: Observer | undefined;
}

/** How long the rest of a request may take before Node watches over its limits, in milliseconds. */
const partialMs = 50;
/** How long a client may say nothing at all before Node watches over it, in milliseconds. */
const silentMs = 10_000;
/** Time between two looks at all connections, in milliseconds. */
const sweepMs = 1000;

/** The connections of a server that Node's HTTP server has not been given. */
export class DirectConnections implements DirectWay {
  readonly isOpen: DirectOptions['isOpen'];
  readonly admitsHost: DirectOptions['admitsHost'];
  readonly bodyBytes: number;
  readonly answer: DirectOptions['answer'];
  readonly observer: Observer | undefined;
  readonly head: AnswerHead;
  readonly #server: Server;
  readonly #style: AnswerStyle;
  readonly #toNode: (socket: Socket) => void;
  readonly #connections = new Set<DirectConnection>();
  #sweepTimer: NodeJS.Timeout | undefined;
  #partialTimer: NodeJS.Timeout | undefined;

  /** @param server not listening yet; its connections are taken from now on */
  constructor(
    server: Server,
    { style, isOpen, admitsHost, bodyBytes, answer, observer }: DirectOptions,
  ) {
    this.isOpen = isOpen;
    this.admitsHost = admitsHost;
    this.bodyBytes = bodyBytes;
    this.answer = answer;
    this.observer = observer;
    this.head = headOf(server, style);
    this.#server = server;
    this.#style = style;
    const [toNode] = server.listeners('connection') as [(socket: Socket) => void];
    this.#toNode = toNode;
    server.off('connection', toNode);
    server.on('connection', (socket: Socket) => {
      this.#connections.add(new DirectConnection(socket, this));
      if (this.#sweepTimer === undefined) this.#sweepLater();
    });
  }

  /** Ends those on which nothing has been asked for `quietMs`; the others end with their answer. */
  closeIdle(quietMs: number): void {
    const limitMs = performance.now() - quietMs;
    for (const { isIdle, socket, usedAtMs } of this.#connections) {
      if (isIdle && socket.bytesRead > 0 && usedAtMs <= limitMs) socket.destroy();
    }
  }

  /** Ends all of them. */
  closeAll(): void {
    for (const { socket } of this.#connections) socket.destroy();
  }

  queue(connection: DirectConnection, answer: Answer): void {
    this.#style.queue.end(connection, answer);
  }

  waitFor(): void {
    if (this.#partialTimer === undefined) {
      // After a turn that reads: on a busy machine the rest may be there, and only this process late.
      this.#partialTimer = setTimeout(() => setImmediate(() => this.#sweepPartial()), partialMs);
    }
  }

  handOver(connection: DirectConnection, bytes: Buffer): void {
    const { socket } = connection;
    this.#connections.delete(connection);
    connection.release();
    if (bytes.length > 0) socket.unshift(bytes);
    this.#toNode.call(this.#server, socket);
  }

  refuse({ socket }: DirectConnection): void {
    refuseMalformed(new Error('the request is not complete'), socket);
  }

  forget(connection: DirectConnection): void {
    this.#connections.delete(connection);
  }

  #sweepLater(): void {
    this.#sweepTimer = setTimeout(() => this.#sweep(), sweepMs).unref();
  }

  #sweep(): void {
    const now = performance.now();
    for (const connection of this.#connections) {
      if (!connection.isIdle) continue;
      const { socket, usedAtMs } = connection;
      if (socket.bytesRead > 0) {
        if (isOver(now - usedAtMs, this.head.keepAliveMs)) socket.destroy();
      } else if (now - usedAtMs > silentMs) {
        this.handOver(connection, connection.release());
      }
    }
    this.#sweepTimer = undefined;
    if (this.#connections.size > 0) this.#sweepLater();
  }

  #sweepPartial(): void {
    this.#partialTimer = undefined;
    const before = performance.now() - partialMs;
    for (const connection of this.#connections) {
      const since = connection.partialSinceMs;
      if (since === null) continue;
      if (since > before) this.waitFor();
      else this.handOver(connection, connection.release());
    }
  }
}

/** No limit is 0, as everywhere in Node. */
function isOver(idleMs: number, limitMs: number): boolean {
  return limitMs > 0 && idleMs > limitMs;
}

function headOf(server: Server, style: AnswerStyle): AnswerHead {
  return {
    serverHeader: style.serverHeader,
    get keepAliveMs() {
      return server.keepAliveTimeout;
    },
    get isLast() {
      return style.stopping;
    },
  };
}
