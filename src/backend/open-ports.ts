/** Opens the ports of a server: HTTP, and gRPC where it is asked for. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServeOptions, ServerAddress } from '../contract/flavor-backend.ts';
import type { ModelRepository } from '../repository/model-repository.ts';
import { createScoringServer, type ScoringServerOptions } from '../server/create-scoring-server.ts';
import { listen } from '../server/listen.ts';
import type { StopOptions } from '../server/stop-server.ts';
import type { Responder } from '../repository/preferred-responder.ts';
import { openGrpc, type OpenedGrpc, takeGrpc } from './open-grpc.ts';
import type { TakenConnections } from './taken-connections.ts';

/** Servers that can be opened and stopped. */
export interface Ports {
  /** Call it once. @throws PORT_IN_USE, LISTEN_FAILED, CAPABILITY_UNAVAILABLE */
  open(): Promise<ServerAddress>;
  /**
   * Stops accepting; resolves when what is in flight has been answered.
   *
   * @returns true where it took too long, and was cut off
   */
  stop(options?: PortStopOptions): Promise<boolean>;
}

/** How the parts of stopping go. */
export interface PortStopOptions extends StopOptions {
  /** New connections are still taken for so long, so that whoever sends them can learn of the end. Default: 0. */
  readonly drainDelayMs?: number;
}

/** What answers at the ports. */
export interface PortsOptions extends ScoringServerOptions {
  readonly repository: ModelRepository;
  /** Ports that another process holds. Default: null, they are opened here. */
  readonly taken?: TakenConnections | null;
}

/** Makes the servers; nothing listens yet. */
export function createPorts(
  responder: Responder,
  serve: ServeOptions,
  { taken = null, ...options }: PortsOptions,
): Ports {
  const { host = 'localhost', port, unixSocket, unixSocketMode } = serve;
  const isSecure = options.doors?.tls !== null && options.doors !== undefined;
  const place = { host, port, unixSocket, unixSocketMode, isSecure };
  const server = createScoringServer(responder, options);
  let grpc: Promise<OpenedGrpc> | undefined;
  let closingGrpc: Promise<void> | undefined;
  return {
    async open() {
      grpc = taken === null ? openGrpc(serve, options) : takeGrpc(serve, options);
      if (taken === null) {
        const [address, opened] = await Promise.all([listen(server, place), grpc]);
        return { ...address, ...opened.address };
      }
      const [http, { take = null }] = await Promise.all([server.takeConnections(), grpc]);
      taken.begin({ http, grpc: take });
      return taken.address;
    },
    async stop({ drainDelayMs = 0, ...stopping } = {}) {
      if (drainDelayMs > 0) await sleep(drainDelayMs);
      const closing = server.stop({
        ...stopping,
        beforeClosing: async () => {
          await stopping.beforeClosing?.();
          closingGrpc = grpc === undefined ? undefined : stopGrpc(grpc, stopping);
        },
      });
      const isCut = await closing;
      await closingGrpc;
      return isCut;
    },
  };
}

/** One that could not be opened has nothing to stop. */
async function stopGrpc(
  grpc: Promise<OpenedGrpc>,
  { shutdownTimeoutMs }: StopOptions,
): Promise<void> {
  const opened = await grpc.catch(() => null);
  await opened?.stop(shutdownTimeoutMs);
}
