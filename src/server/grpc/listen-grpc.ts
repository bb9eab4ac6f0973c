/** Opens the port of gRPC. */
import type { Socket } from 'node:net';
import type { ServerCredentials } from '@grpc/grpc-js';
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import type { TlsFiles } from '../doors/tls-files.ts';
import type { ListenOptions } from '../listen.ts';
import type { GrpcServer } from './create-grpc-server.ts';

/**
 * Listens; resolves with the port.
 *
 * @throws PORT_IN_USE, LISTEN_FAILED
 */
export function listenGrpc(
  { server, loaded: { library } }: GrpcServer,
  { host, port }: ListenOptions,
  tls: TlsFiles | null = null,
): Promise<number> {
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentialsOf(library, tls), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(grpcListenFailure(error, host, port));
    });
  });
}

/** Serves connections that another process accepted, without listening. @returns takes one of which nothing has been read */
export function takeGrpcConnections(
  { server, loaded: { library } }: GrpcServer,
  tls: TlsFiles | null = null,
): (socket: Socket) => void {
  const injector = server.createConnectionInjector(credentialsOf(library, tls));
  return (socket) => injector.injectConnection(socket);
}

function credentialsOf(
  { ServerCredentials }: GrpcServer['loaded']['library'],
  tls: TlsFiles | null,
): ServerCredentials {
  if (tls === null) return ServerCredentials.createInsecure();
  const { cert, key, ca = null } = tls.context;
  const pair = { cert_chain: cert, private_key: key };
  return ServerCredentials.createSsl(ca, [pair], ca !== null);
}

/** Why the port could not be opened, as an error of the catalogue. */
export function grpcListenFailure(cause: unknown, host: string, port: number): SlipwayError {
  const details = { host, port };
  const why = cause instanceof Error ? cause.message : String(cause);
  return why.includes('EADDRINUSE')
    ? slipwayError(
        'PORT_IN_USE',
        `Port ${port} on ${host} is taken by another process; choose another with --grpc-port (0 takes a free one).`,
        { details, cause },
      )
    : slipwayError('LISTEN_FAILED', `Cannot listen on ${host} port ${port} for gRPC: ${why}.`, {
        details,
        cause,
      });
}
