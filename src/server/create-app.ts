/** Fastify, set up so that every request reaches us as bytes and nothing is added to what we answer. */
import type { Server } from 'node:http';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { createHttpServer, type HttpServerOptions } from './create-http-server.ts';
import type { Observer } from '../observe/observer.ts';
import { type ObservedMessage, observedResponseClass } from './observed-response.ts';
import { readBody } from './read-body.ts';
import { refuseMalformed } from './refuse-malformed.ts';

/** Options of {@link createApp}. */
export interface AppOptions {
  /** Limit of one request, upload included, in milliseconds. */
  readonly timeoutMs: number;
  /** Largest request body in bytes. */
  readonly bodyLimitBytes: number;
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
export function createApp({
  timeoutMs,
  bodyLimitBytes,
  observer,
  onBadPath,
  onServer,
}: AppOptions): FastifyInstance {
  const app = Fastify({
    serverFactory: (handler, options) => {
      const server = createHttpServer(handler, options as unknown as HttpServerOptions);
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
    rewriteUrl: noteArrival,
    schemaController: { compilersFactory: noSchemas },
    requestTimeout: timeoutMs,
    http: {
      headersTimeout: Math.min(timeoutMs, 60_000),
      connectionsCheckingInterval: Math.min(timeoutMs, uploadCheckMs),
      ...(observer !== undefined && { ServerResponse: observedResponseClass(observer) }),
    },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(bytesContentType, (_request, payload, done) =>
    readBody(payload, bodyLimitBytes, done),
  );
  return app;
}

/**
 * Hides the content type from Fastify, which would refuse what it cannot parse with an answer of its own
 * and skip the body of a request that has none. Done where the URL may be rewritten, because that is
 * called first and costs a tenth of a hook.
 */
function noteArrival(request: ReceivedMessage): string {
  request.startedAtMs = performance.now();
  request.sentContentType = request.headers['content-type'];
  request.headers['content-type'] = bytesContentType;
  return request.url ?? '/';
}
