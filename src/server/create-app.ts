/** Fastify, set up so that every request reaches us as bytes and nothing is added to what we answer. */
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { refuseMalformed } from './refuse-malformed.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Content type as the client sent it; undefined when it sent none. */
    sentContentType: string | undefined;
    /** When the request began, as `performance.now()`. */
    startedAtMs: number;
  }
}

/** Options of {@link createApp}. */
export interface AppOptions {
  /** Limit of one request, upload included, in milliseconds. */
  readonly timeoutMs: number;
  /** Largest request body in bytes. */
  readonly bodyLimitBytes: number;
  /** Answers a request whose path cannot be decoded. */
  readonly onBadPath: (request: FastifyRequest, reply: FastifyReply) => void;
}

/** Name under which every body is parsed, whatever the client calls it. */
const bytesContentType = 'application/octet-stream';

/** Longest wait between two looks for uploads that take too long, in milliseconds. */
const uploadCheckMs = 1000;

/** Makes the application without routes. */
export function createApp({ timeoutMs, bodyLimitBytes, onBadPath }: AppOptions): FastifyInstance {
  const app = Fastify({
    bodyLimit: bodyLimitBytes,
    exposeHeadRoutes: false,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    clientErrorHandler: refuseMalformed,
    frameworkErrors: (_error, request, reply) => onBadPath(request, reply),
    requestTimeout: timeoutMs,
    http: {
      headersTimeout: Math.min(timeoutMs, 60_000),
      connectionsCheckingInterval: Math.min(timeoutMs, uploadCheckMs),
    },
  });
  takeBytes(app);
  return app;
}

/**
 * Hides the content type from Fastify, which would refuse what it cannot parse with an answer of its own
 * and skip the body of a request that has none.
 */
function takeBytes(app: FastifyInstance): void {
  app.decorateRequest('sentContentType', undefined);
  app.decorateRequest('startedAtMs', 0);
  app.addHook('onRequest', (request, _reply, done) => {
    request.startedAtMs = performance.now();
    request.sentContentType = request.raw.headers['content-type'];
    request.raw.headers['content-type'] = bytesContentType;
    done();
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(bytesContentType, { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
}
