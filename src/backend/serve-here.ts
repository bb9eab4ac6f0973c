/** Serves a model in this process until it is told to stop. */
import type { ServeOptions, ServerAddress } from '../contract/flavor-backend.ts';
import { servedName } from '../model/served-name.ts';
import { createScoringServer } from '../server/create-scoring-server.ts';
import { listen } from '../server/listen.ts';
import { createFixedRepository, createServedModel } from '../server/v2/model-repository.ts';
import type { ResolvedBackendOptions } from './backend-options.ts';
import { openControlChannel } from './control-channel.ts';
import type { OpenModelOptions } from './open-model.ts';
import { type OpenedService, openService } from './open-service.ts';
import type { Selection } from './select-runtime.ts';
import { openUnless, waitForStop } from './wait-for-stop.ts';

/** What is known when the port answers. */
export interface ServerReady {
  readonly address: ServerAddress;
  readonly selection: Selection;
}

/** Hooks of {@link serveHere}. */
export interface ServeHooks extends Pick<OpenModelOptions, 'onSelected'> {
  /** Called once, when the port answers. */
  readonly onReady?: (ready: ServerReady) => void;
  /** Stops the server, as SIGTERM does. */
  readonly signal?: AbortSignal;
}

/**
 * Opens the model, then the port; resolves with 0 when the server was told to stop and has answered what
 * was in flight. Told so earlier, it gives up loading the model.
 *
 * @throws PORT_IN_USE, LISTEN_FAILED and the codes of opening a model
 */
export async function serveHere(
  uri: string,
  serve: ServeOptions,
  options: ResolvedBackendOptions,
  { onReady, onSelected, signal }: ServeHooks = {},
): Promise<number> {
  const channel = openControlChannel();
  const stopped = waitForStop(channel, signal);
  const hooks = onSelected === undefined ? {} : { onSelected };
  try {
    const opened = await openUnless(stopped, (stop) =>
      openService(uri, serve, options, { ...hooks, signal: stop }),
    );
    if (opened === null) return 0;
    return await answerUntil(stopped, opened, serve, options, (ready) => {
      channel?.announce(ready.address);
      onReady?.(ready);
    });
  } finally {
    channel?.close();
  }
}

async function answerUntil(
  stopped: Promise<void>,
  { service, model, selection, timeoutMs }: OpenedService,
  { host = 'localhost', port, modelName, modelVersion }: ServeOptions,
  { compat, hideDetails }: ResolvedBackendOptions,
  onReady: (ready: ServerReady) => void,
): Promise<number> {
  try {
    const served = servedName(model, { name: modelName, version: modelVersion });
    const { signature } = model;
    const repository = createFixedRepository(createServedModel({ ...served, service, signature }));
    const server = createScoringServer(service, { compat, hideDetails, timeoutMs, repository });
    onReady({ address: await listen(server, { host, port }), selection });
    await stopped;
    await server.stop();
    return 0;
  } finally {
    await service.close();
  }
}
