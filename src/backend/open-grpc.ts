/** The port of gRPC beside that of HTTP, where it is asked for; its libraries are loaded only then. */
import type { ServeOptions, ServerAddress } from '../contract/flavor-backend.ts';
import type { Doors } from '../server/doors/doors.ts';
import type { GrpcServerOptions } from '../server/grpc/create-grpc-server.ts';

/** Where MLServer listens. */
const mlserverGrpcPort = 8081;

/** A port that is open; without one, nothing. */
export interface OpenedGrpc {
  readonly address: Pick<ServerAddress, 'grpcPort'>;
  /** Resolves when what is in flight has been answered, or cut off. Default: after the limit of a request. */
  stop(shutdownTimeoutMs?: number): Promise<void>;
}

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

/** Opens the port. @throws CAPABILITY_UNAVAILABLE, PORT_IN_USE, LISTEN_FAILED */
export async function openGrpc(
  {
    host,
    grpcPort,
    enableMlserver = false,
  }: Pick<ServeOptions, 'grpcPort' | 'enableMlserver'> & {
    readonly host: string;
  },
  {
    repository,
    timeoutMs,
    bodyLimitBytes = defaultBodyLimitBytes,
    doors,
    observer,
    report = (text: string): void => console.error(text),
  }: GrpcParts,
): Promise<OpenedGrpc> {
  const port = grpcPort ?? (enableMlserver ? mlserverGrpcPort : null);
  if (port === null) return { address: {}, stop: async () => undefined };
  const { createGrpcServer } = await import('../server/grpc/create-grpc-server.ts');
  const { listenGrpc } = await import('../server/grpc/listen-grpc.ts');
  const { hasKey } = doors ?? {};
  const server = createGrpcServer({ repository, bodyLimitBytes, report, hasKey, observer });
  const bound = await listenGrpc(server, { host, port }, doors?.tls);
  return { address: { grpcPort: bound }, stop: (limitMs = timeoutMs) => server.stop(limitMs) };
}
