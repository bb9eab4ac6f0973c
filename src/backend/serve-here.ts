/** Serves a model in this process until it is told to stop. */
import type { ServeOptions, ServerAddress } from '../contract/flavor-backend.ts';
import { LiveRepository } from '../repository/live-repository.ts';
import type { ModelUnit } from '../repository/model-change.ts';
import { preferredResponder } from '../repository/preferred-responder.ts';
import { createScoringServer } from '../server/create-scoring-server.ts';
import { listen } from '../server/listen.ts';
import type { ResolvedBackendOptions } from './backend-options.ts';
import { openControlChannel } from './control-channel.ts';
import type { OpenModelOptions } from './open-model.ts';
import { openGrpc } from './open-grpc.ts';
import { requestTimeoutMs } from './open-service.ts';
import { unitOpener } from './open-unit.ts';
import type { Selection } from './select-runtime.ts';
import { waitForStop } from './wait-for-stop.ts';

/** What is known when the model answers. */
export interface ServerReady {
  readonly address: ServerAddress;
  readonly selection: Selection;
}

/** Hooks of {@link serveHere}. */
export interface ServeHooks extends Pick<OpenModelOptions, 'onSelected'> {
  /** Called once, when the model answers. */
  readonly onReady?: (ready: ServerReady) => void;
  /** Stops the server, as SIGTERM does. */
  readonly signal?: AbortSignal;
}

/**
 * Opens the port, and at the same time the model; until that answers, the server is live and not ready. Resolves with 0
 * when it was told to stop and has answered what was in flight. Told so earlier, it gives up loading the model.
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
  let selection: Selection | null = null;
  const open = unitOpener(serve, options, (selected) => {
    selection = selected;
    onSelected?.(selected);
  });
  const { modelName: name = null, modelVersion: version = null } = serve;
  const unit = { id: 'model', uri, name, version };
  const repository = new LiveRepository({ open, scan: async () => [unit] });
  try {
    await answerUntil(stopped, repository, [unit], { serve, options }, (address) => {
      channel?.announce(address);
      if (selection !== null) onReady?.({ address, selection });
    });
    return 0;
  } finally {
    await repository.close();
    channel?.close();
  }
}

interface Serving {
  readonly serve: ServeOptions;
  readonly options: ResolvedBackendOptions;
}

async function answerUntil(
  stopped: Promise<void>,
  repository: LiveRepository,
  units: readonly ModelUnit[],
  { serve, options: { compat, hideDetails } }: Serving,
  onReady: (address: ServerAddress) => void,
): Promise<void> {
  const { host = 'localhost', port } = serve;
  const timeoutMs = requestTimeoutMs(serve);
  void stopped.then(() => repository.beginStop());
  const responder = preferredResponder(repository);
  const server = createScoringServer(responder, { compat, hideDetails, timeoutMs, repository });
  const grpc = openGrpc({ ...serve, host }, { repository, timeoutMs });
  try {
    const listening = Promise.all([listen(server, { host, port }), grpc]);
    const starting = repository.start(units);
    const [address, { address: grpcAddress }] = await listening;
    const failures = await starting;
    if (repository.isStopping) return;
    for (const failure of failures.values()) throw failure;
    onReady({ ...address, ...grpcAddress });
    await stopped;
  } finally {
    const closing = grpc.then((opened) => opened.stop()).catch(() => undefined);
    await Promise.all([server.stop(), closing]);
  }
}
