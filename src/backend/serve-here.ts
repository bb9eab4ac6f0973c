/** Serves a model in this process until it is told to stop. */
import type { ServeOptions, ServerAddress } from '../contract/flavor-backend.ts';
import { createScoringServer } from '../server/create-scoring-server.ts';
import { listen } from '../server/listen.ts';
import type { ResolvedBackendOptions } from './backend-options.ts';
import { openControlChannel } from './control-channel.ts';
import { openService } from './open-service.ts';
import type { Selection } from './select-runtime.ts';
import { waitForStop } from './wait-for-stop.ts';

/** What is known when the port answers. */
export interface ServerReady {
  readonly address: ServerAddress;
  readonly selection: Selection;
}

/** Hooks of {@link serveHere}. */
export interface ServeHooks {
  /** Called once, when the port answers. */
  readonly onReady?: (ready: ServerReady) => void;
  /** Stops the server, as SIGTERM does. */
  readonly signal?: AbortSignal;
}

/**
 * Opens the model, then the port; resolves with 0 when the server was told to stop and has answered what
 * was in flight.
 *
 * @throws PORT_IN_USE, LISTEN_FAILED and the codes of opening a model
 */
export async function serveHere(
  uri: string,
  serve: ServeOptions,
  options: ResolvedBackendOptions,
  { onReady, signal }: ServeHooks = {},
): Promise<number> {
  const channel = openControlChannel();
  const stopped = waitForStop(channel, signal);
  const { compat, hideDetails } = options;
  const { service, selection, timeoutMs } = await openService(uri, serve, options);
  try {
    const server = createScoringServer(service, { compat, hideDetails, timeoutMs });
    const address = await listen(server, { host: serve.host ?? 'localhost', port: serve.port });
    channel?.announce(address);
    onReady?.({ address, selection });
    await stopped;
    await server.stop();
    return 0;
  } finally {
    await service.close();
    channel?.close();
  }
}
