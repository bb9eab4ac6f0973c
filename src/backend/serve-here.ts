/** Serves a model in this process until it is told to stop. */
import type { ServeOptions, ServerAddress } from '../contract/flavor-backend.ts';
import { createScoringService } from '../scoring/scoring-service.ts';
import { createScoringServer } from '../server/create-scoring-server.ts';
import { listen } from '../server/listen.ts';
import type { ResolvedBackendOptions } from './backend-options.ts';
import { openControlChannel } from './control-channel.ts';
import { openModel } from './open-model.ts';
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

/** Limit of one request unless another is given, in seconds. */
const defaultTimeoutSeconds = 60;

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
  const { model, scorer, selection } = await openModel(uri, options);
  const timeoutMs = (serve.timeoutSeconds || defaultTimeoutSeconds) * 1000;
  const { compat, lenientTypes, hideDetails, nonFinite } = options;
  const scoringOptions = { compat, lenientTypes, hideDetails, nonFinite, timeoutMs };
  const service = createScoringService({ scorer, signature: model.signature }, scoringOptions);
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
