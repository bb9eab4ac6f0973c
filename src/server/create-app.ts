/** Fastify, set up so that every request reaches us as bytes and nothing is added to what we answer. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { createHttpServer, type HttpServerOptions } from './create-http-server.ts';
import type { Observer } from '../observe/observer.ts';
import type { Doors } from './doors/doors.ts';
import type { Answer, ExtraHeaders } from './error-answer.ts';
import type { HttpLimits } from './http-limits.ts';
import { type ObservedMessage, observedResponseClass } from './observed-response.ts';
import { type BodyDone, declaredBytes, readBody } from './read-body.ts';
import { codingOf, readEncodedBody } from './read-encoded-body.ts';
import { malformedRefuser } from './refuse-malformed.ts';

/** Options of {@link createApp}. */
export interface AppOptions {
  /** Limit of one request, upload included, in milliseconds. */
  readonly timeoutMs: number;
  readonly limits: HttpLimits;
  readonly doors: Doors;
  /** Decode bodies that say they are compressed; MLflow does not look. */
  readonly decodesBodies: boolean;
  /** Observes every request. */
  readonly observer?: Observer | undefined;
  /** Answers a request whose path cannot be decoded. */
  readonly onBadPath: (request: FastifyRequest, reply: FastifyReply) => void;
  /** Called with each server that is to listen: one an address of the host. */
  readonly onServer: (server: Server) => void;
}

/** A request with what was noted when it arrived. */
export interface ReceivedMessage extends ObservedMessage {
  /** Content type as the client sent it; undefined when it sent none. */
  sentContentType?: string | undefined;
  /** When the request began, as `performance.now()`. */
  startedAtMs?: number;
  /** Answer of the doors; null: it may go on. */
  refusal?: Answer | null;
  /** Headers that its answer gets. */
  answerHeaders?: ExtraHeaders | undefined;
}

/** Name under which every body is parsed, whatever the client calls it. */
const bytesContentType = 'application/octet-stream';

/** Longest wait between two looks for uploads that take too long, in milliseconds. */
const uploadCheckMs = 1000;

/**
 * No route has a schema: compilers of our own spare the loading of Fastify's, a fifth of the time until
 * the port is open.
 */
const noSchemas = {
  buildValidator: () => neverCompiled,
  buildSerializer: () => neverCompiled,
};

function neverCompiled(): never {
  throw new Error('no route of the scoring server has a schema');
}

/** Makes the application without routes. */
export function createApp(options: AppOptions): FastifyInstance {
  const { timeoutMs, limits, doors, observer, onBadPath, onServer } = options;
  const refuseMalformed = malformedRefuser(limits.bodyMs < timeoutMs ? 408 : 504);
  const app = Fastify({
    serverFactory: (handler, given) => {
      const server = createHttpServer(handler, given as unknown as HttpServerOptions, doors.tls);
      if (limits.connections !== undefined) server.maxConnections = limits.connections;
      server.on(
        'checkContinue',
        continueUnless((request) => isLost(request, options)),
      );
      onServer(server);
      return server;
    },
    exposeHeadRoutes: false,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    clientErrorHandler: (error, socket) => {
      observer?.malformed();
      refuseMalformed(error, socket);
    },
    frameworkErrors: (_error, request, reply) => onBadPath(request, reply),
    rewriteUrl: arrivalNoter(doors),
    schemaController: { compilersFactory: noSchemas },
    requestTimeout: limits.bodyMs,
    ...(limits.keepAliveMs !== undefined && { keepAliveTimeout: limits.keepAliveMs }),
    http: {
      headersTimeout: limits.headerMs,
      connectionsCheckingInterval: Math.min(limits.headerMs, limits.bodyMs, uploadCheckMs),
      ...(observer !== undefined && { ServerResponse: observedResponseClass(observer) }),
    },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(bytesContentType, (_request, payload, done) =>
    readAnyBody(payload, options, done),
  );
  app.all(refusedPath, { onRequest: onBadPath }, neverReached);
  return app;
}

/** Where requests go that the doors refuse, so that nothing of them is read. */
const refusedPath = '/.refused';

function neverReached(): never {
  throw new Error('a refused request is answered before it gets here');
}

function readAnyBody(
  payload: IncomingMessage,
  { limits: { bodyBytes }, decodesBodies }: AppOptions,
  done: BodyDone,
): void {
  const coding = decodesBodies ? codingOf(payload) : null;
  if (coding === null) readBody(payload, bodyBytes, done);
  else readEncodedBody(payload, coding, bodyBytes, done);
}

/** A client that asks before it sends its body is spared what would be refused; its connection ends then. */
function continueUnless(
  isRefused: (request: IncomingMessage) => boolean,
): (this: Server, request: IncomingMessage, response: ServerResponse) => void {
  return function (request, response) {
    if (isRefused(request)) response.shouldKeepAlive = false;
    else response.writeContinue();
    this.emit('request', request, response);
  };
}

function isLost(request: IncomingMessage, { limits, doors }: AppOptions): boolean {
  return declaredBytes(request) > limits.bodyBytes || doors.refuse(request) !== null;
}

/**
 * Asks the doors, and hides the content type from Fastify, which would refuse what it cannot parse with an answer of its
 * own and skip the body of a request that has none. Done where the URL may be rewritten, because that is
 * called first and costs a tenth of a hook.
 */
function arrivalNoter(doors: Doors): (request: ReceivedMessage) => string {
  return (request) => {
    request.startedAtMs = performance.now();
    request.sentContentType = request.headers['content-type'];
    request.headers['content-type'] = bytesContentType;
    request.refusal = doors.refuse(request);
    request.answerHeaders = doors.headersFor(request);
    return request.refusal === null ? (request.url ?? '/') : refusedPath;
  };
}
