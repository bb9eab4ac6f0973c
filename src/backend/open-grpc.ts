/** The port of gRPC beside that of HTTP, where it is asked for; its libraries are loaded only then. */
import type { ServeOptions, ServerAddress } from '../contract/flavor-backend.ts';
import type { Doors } from '../server/doors/doors.ts';
import type { GrpcServer, GrpcServerOptions } from '../server/grpc/create-grpc-server.ts';
import type { TakeConnection } from './taken-connections.ts';

/** Where MLServer listens. */
const mlserverGrpcPort = 8081;

/** A port that is open; without one, nothing. */
export interface OpenedGrpc {
  readonly address: Pick<ServerAddress, 'grpcPort'>;
  /** Takes a connection that another process accepted; with {@link takeGrpc} only. */
  readonly take?: TakeConnection;
  /** Resolves when what is in flight has been answered, or cut off. Default: after the limit of a request. */
  stop(shutdownTimeoutMs?: number): Promise<void>;
}

/** What says whether there is a port, and where. */
export type GrpcServe = Pick<ServeOptions, 'host' | 'grpcPort' | 'enableMlserver'>;

/** What the server needs. */
export interface GrpcParts
  extends
    Pick<GrpcServerOptions, 'repository' | 'observer'>,
    Partial<Pick<GrpcServerOptions, 'report'>> {
  /** Limit of one request, in milliseconds; no wait at the end is longer. */
  readonly timeoutMs: number;
  readonly bodyLimitBytes?: number;
  /** The keys and the certificate of HTTP hold here too. Default: everybody may ask, without TLS. */
  readonly doors?: Doors;
}

/** Largest message unless another limit is given: that of HTTP. */
const defaultBodyLimitBytes = 2 ** 30;

/** The port that is asked for; null: none is. */
export function grpcPortOf({
  grpcPort,
  enableMlserver = false,
}: Pick<ServeOptions, 'grpcPort' | 'enableMlserver'>): number | null {
  return grpcPort ?? (enableMlserver ? mlserverGrpcPort : null);
}

/** Opens the port. @throws CAPABILITY_UNAVAILABLE, PORT_IN_USE, LISTEN_FAILED */
export async function openGrpc(
  { host = 'localhost', ...serve }: GrpcServe,
  parts: GrpcParts,
): Promise<OpenedGrpc> {
  const port = grpcPortOf(serve);
  if (port === null) return { address: {}, stop: async () => undefined };
  const { listenGrpc } = await import('../server/grpc/listen-grpc.ts');
  const { server, stop } = await makeServer(parts);
  return {
    address: { grpcPort: await listenGrpc(server, { host, port }, parts.doors?.tls) },
    stop,
  };
}

/** Serves the connections of a port that another process holds. @throws CAPABILITY_UNAVAILABLE */
export async function takeGrpc(serve: GrpcServe, parts: GrpcParts): Promise<OpenedGrpc> {
  if (grpcPortOf(serve) === null) return { address: {}, stop: async () => undefined };
  const { takeGrpcConnections } = await import('../server/grpc/listen-grpc.ts');
  const { server, stop } = await makeServer(parts);
  return { address: {}, take: takeGrpcConnections(server, parts.doors?.tls), stop };
}

async function makeServer({
  repository,
  timeoutMs,
  bodyLimitBytes = defaultBodyLimitBytes,
  doors,
  observer,
  report = (text: string): void => console.error(text),
}: GrpcParts): Promise<{ readonly server: GrpcServer } & Pick<OpenedGrpc, 'stop'>> {
  const { createGrpcServer } = await import('../server/grpc/create-grpc-server.ts');
  const { hasKey } = doors ?? {};
  const server = createGrpcServer({ repository, bodyLimitBytes, report, hasKey, observer });
  return { server, stop: (limitMs = timeoutMs) => server.stop(limitMs) };
}
