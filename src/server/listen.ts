/** Opens the port. */
import type { AddressInfo } from 'node:net';
import type { ServerAddress } from '../contract/flavor-backend.ts';
import { type SlipwayError, slipwayError } from '../errors/slipway-error.ts';
import type { ScoringServer } from './create-scoring-server.ts';

/** Where to listen; port 0 takes a free one. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
}

/**
 * Listens, and says where.
 *
 * @throws PORT_IN_USE, LISTEN_FAILED
 */
export async function listen(
  { app }: ScoringServer,
  { host, port }: ListenOptions,
): Promise<ServerAddress> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    throw listenError(error, host, port);
  }
  const bound = (app.server.address() as AddressInfo).port;
  return { host, port: bound, url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}` };
}

function listenError(error: unknown, host: string, port: number): SlipwayError {
  const details = { host, port };
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return slipwayError(
      'PORT_IN_USE',
      `Port ${port} on ${host} is taken by another process; choose another with --port (0 takes a free one).`,
      { details, cause: error },
    );
  }
  const why = error instanceof Error ? error.message : String(error);
  return slipwayError('LISTEN_FAILED', `Cannot listen on ${host} port ${port}: ${why}.`, {
    details,
    cause: error,
  });
}
