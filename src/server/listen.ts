/** Opens the port. */
import type { AddressInfo } from 'node:net';
import type { ServerAddress } from '../contract/flavor-backend.ts';
import { type SlipwayError, slipwayError } from '../errors/slipway-error.ts';
import type { ScoringServer } from './create-scoring-server.ts';

/** Where to listen; port 0 takes a free one. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** Path of a unix socket, in place of host and port. */
  readonly unixSocket?: string | undefined;
  /** Its mode. */
  readonly unixSocketMode?: number | undefined;
  /** Speaks TLS. Default: false. */
  readonly isSecure?: boolean;
  /** Another process has made way for the socket. Default: false. */
  readonly isShared?: boolean;
}

/**
 * Listens, and says where.
 *
 * @throws PORT_IN_USE, LISTEN_FAILED
 */
export async function listen(
  server: ScoringServer,
  options: ListenOptions,
): Promise<ServerAddress> {
  const { host, port, isSecure = false, unixSocket } = options;
  if (unixSocket !== undefined) return listenOnSocket(server, unixSocket, options);
  const { app } = server;
  try {
    await app.listen({ host, port });
  } catch (error) {
    throw listenError(error, host, port);
  }
  const bound = (app.server.address() as AddressInfo).port;
  const scheme = isSecure ? 'https' : 'http';
  const name = host.includes(':') ? `[${host}]` : host;
  return { host, port: bound, url: `${scheme}://${name}:${bound}` };
}

async function listenOnSocket(
  { app }: ScoringServer,
  unixSocket: string,
  { host, unixSocketMode, isShared = false }: ListenOptions,
): Promise<ServerAddress> {
  const { removeStaleSocket, setSocketMode } = await import('./doors/unix-socket.ts');
  if (!isShared) await removeStaleSocket(unixSocket);
  try {
    await app.listen({ path: unixSocket });
    setSocketMode(unixSocket, unixSocketMode);
  } catch (error) {
    throw socketError(error, unixSocket);
  }
  return { host, port: 0, url: `unix:${unixSocket}`, unixSocket };
}

function socketError(error: unknown, path: string): SlipwayError {
  if (isInUse(error)) {
    const message = `The unix socket ${path} is taken by another process.`;
    return slipwayError('PORT_IN_USE', message, { details: { path }, cause: error });
  }
  return slipwayError('LISTEN_FAILED', `Cannot listen on ${path}: ${messageOf(error)}.`, {
    details: { path },
    cause: error,
  });
}

function listenError(error: unknown, host: string, port: number): SlipwayError {
  const details = { host, port };
  if (isInUse(error)) {
    return slipwayError(
      'PORT_IN_USE',
      `Port ${port} on ${host} is taken by another process; choose another with --port (0 takes a free one).`,
      { details, cause: error },
    );
  }
  const why = messageOf(error);
  return slipwayError('LISTEN_FAILED', `Cannot listen on ${host} port ${port}: ${why}.`, {
    details,
    cause: error,
  });
}

function isInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
