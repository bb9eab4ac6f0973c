import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';

/** Of Fastify's options, those that it would set on a server of its own. */
export interface HttpServerOptions {
  readonly http: ServerOptions;
  readonly keepAliveTimeout: number;
  readonly requestTimeout: number;
  readonly connectionTimeout: number;
}

/** The server that Fastify would make by itself. Source: fastify 5, lib/server.js `getServerInstance`. */
export function createHttpServer(
  handler: RequestListener,
  { http, keepAliveTimeout, requestTimeout, connectionTimeout }: HttpServerOptions,
): Server {
  const server = createServer(http, handler);
  server.keepAliveTimeout = keepAliveTimeout;
  server.requestTimeout = requestTimeout;
  server.setTimeout(connectionTimeout);
  return server;
}
