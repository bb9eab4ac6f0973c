/** Opens the ports of a server: HTTP, and gRPC where it is asked for. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServeOptions, ServerAddress } from '../contract/flavor-backend.ts';
import type { ModelRepository } from '../repository/model-repository.ts';
import { createScoringServer, type ScoringServerOptions } from '../server/create-scoring-server.ts';
import { listen } from '../server/listen.ts';
import type { StopOptions } from '../server/stop-server.ts';
import type { Responder } from '../repository/preferred-responder.ts';
import { openGrpc, type OpenedGrpc } from './open-grpc.ts';

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
  /**
   * Open one port after the other: processes that share free ports must take them in one order. Default: false, both
   * at once.
   */
  readonly inOrder?: boolean;
}

/** Makes the servers; nothing listens yet. */
export function createPorts(
  responder: Responder,
  serve: ServeOptions,
  { inOrder = false, ...options }: PortsOptions,
): Ports {
  const { host = 'localhost', port, unixSocket, unixSocketMode } = serve;
  const isSecure = options.doors?.tls !== null && options.doors !== undefined;
  const place = { host, port, unixSocket, unixSocketMode, isSecure, isShared: inOrder };
  const server = createScoringServer(responder, options);
  let grpc: Promise<OpenedGrpc> | undefined;
  let closingGrpc: Promise<void> | undefined;
  return {
    async open() {
      const listening = listen(server, place);
      if (inOrder) await listening;
      grpc = openGrpc({ ...serve, host }, options);
      const [address, opened] = await Promise.all([listening, grpc]);
      return { ...address, ...opened.address };
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
