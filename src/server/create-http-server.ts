import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import type { TlsFiles } from './doors/tls-files.ts';

/** Of Fastify's options, those that it would set on a server of its own. */
export interface HttpServerOptions {
  readonly http: ServerOptions;
  readonly keepAliveTimeout: number;
  readonly requestTimeout: number;
  readonly connectionTimeout: number;
}

/** The server that Fastify would make by itself, or one of TLS. Source: fastify 5, lib/server.js `getServerInstance`. */
export function createHttpServer(
  handler: RequestListener,
  { http, keepAliveTimeout, requestTimeout, connectionTimeout }: HttpServerOptions,
  tls: TlsFiles | null,
): Server {
  const server = tls === null ? createServer(http, handler) : createTlsServer(tls, http, handler);
  server.keepAliveTimeout = keepAliveTimeout;
  server.requestTimeout = requestTimeout;
  server.setTimeout(connectionTimeout);
  return server;
}

/** Loaded only where it is asked for: it takes 20 ms of the time until the port is open. */
function createTlsServer(
  { context, paths }: TlsFiles,
  http: ServerOptions,
  handler: RequestListener,
): Server {
  const https = process.getBuiltinModule('node:https');
  const clients = { requestCert: true, rejectUnauthorized: true };
  const options = { ...http, ...context, ...(paths.clientCa !== null && clients) };
  return https.createServer({ ...options, minVersion: 'TLSv1.2' }, handler);
}
