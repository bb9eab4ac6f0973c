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
  const { host, port, unixSocket } = options;
  if (unixSocket !== undefined) return listenOnSocket(server, unixSocket, options);
  const { app } = server;
  try {
    await app.listen({ host, port });
  } catch (error) {
    throw listenFailure(error, host, port);
  }
  return addressAt({ ...options, port: (app.server.address() as AddressInfo).port });
}

/** The address of a server that listens there. */
export function addressAt({
  host,
  port,
  unixSocket,
  isSecure = false,
}: ListenOptions): ServerAddress {
  if (unixSocket !== undefined) return { host, port: 0, url: `unix:${unixSocket}`, unixSocket };
  const scheme = isSecure ? 'https' : 'http';
  const name = host.includes(':') ? `[${host}]` : host;
  return { host, port, url: `${scheme}://${name}:${port}` };
}

async function listenOnSocket(
  { app }: ScoringServer,
  unixSocket: string,
  options: ListenOptions,
): Promise<ServerAddress> {
  const { removeStaleSocket, setSocketMode } = await import('./doors/unix-socket.ts');
  await removeStaleSocket(unixSocket);
  try {
    await app.listen({ path: unixSocket });
    setSocketMode(unixSocket, options.unixSocketMode);
  } catch (error) {
    throw socketFailure(error, unixSocket);
  }
  return addressAt(options);
}

/** Why a unix socket could not be opened, as an error of the catalogue. */
export function socketFailure(error: unknown, path: string): SlipwayError {
  if (isInUse(error)) {
    const message = `The unix socket ${path} is taken by another process.`;
    return slipwayError('PORT_IN_USE', message, { details: { path }, cause: error });
  }
  return slipwayError('LISTEN_FAILED', `Cannot listen on ${path}: ${messageOf(error)}.`, {
    details: { path },
    cause: error,
  });
}

/** The same for a port. */
export function listenFailure(error: unknown, host: string, port: number): SlipwayError {
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
