/** Serves a model in this process until it is told to stop. */
import type { ServeOptions, ServerAddress } from '../contract/flavor-backend.ts';
import { LiveRepository } from '../repository/live-repository.ts';
import type { ModelUnit } from '../repository/model-change.ts';
import { preferredResponder } from '../repository/preferred-responder.ts';
import type { ResolvedBackendOptions } from './backend-options.ts';
import { createObserver, type Seeing } from './create-observer.ts';
import { openControlChannel } from './control-channel.ts';
import type { OpenModelOptions } from './open-model.ts';
import { createPorts } from './open-ports.ts';
import { requestTimeoutMs } from './open-service.ts';
import { unitOpener } from './open-unit.ts';
import type { GroupMember } from './processes/group-member.ts';
import { isSibling } from './processes/sibling-variable.ts';
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
  hooks: ServeHooks = {},
): Promise<number> {
  if (isSibling()) {
    const { serveAsSibling } = await import('./processes/serve-as-sibling.ts');
    return serveAsSibling((group) => serveAlone(uri, serve, options, hooks, group));
  }
  if ((options.workers ?? 1) > 1) {
    const { serveInProcesses } = await import('./processes/serve-in-processes.ts');
    const code = await serveInProcesses(uri, serve, options, hooks);
    if (code !== null) return code;
  }
  return serveAlone(uri, serve, options, hooks, null);
}

async function serveAlone(
  uri: string,
  serve: ServeOptions,
  options: ResolvedBackendOptions,
  { onReady, onSelected, signal }: ServeHooks,
  group: GroupMember | null,
): Promise<number> {
  const seeing = createObserver(serve);
  const channel = openControlChannel();
  const stopped = waitForStop(channel, group?.stop ?? signal);
  let selection: Selection | null = null;
  const open = unitOpener(serve, options, {
    metrics: seeing.observer.metrics,
    onSelected: (selected) => {
      selection = selected;
      onSelected?.(selected);
    },
  });
  const { modelName: name = null, modelVersion: version = null } = serve;
  const unit = { id: 'model', uri, name, version };
  const repository = new LiveRepository({ open, scan: async () => [unit], apply: group?.apply });
  if (seeing.observer.metrics !== null) group?.shareMetrics(seeing.observer.metrics);
  const serving = { serve, options, group, seeing };
  try {
    await answerUntil(stopped, repository, [unit], serving, (address) => {
      channel?.announce(address);
      if (group === null && selection !== null) onReady?.({ address, selection });
    });
    return 0;
  } finally {
    await repository.close();
    await seeing.observer.close();
    channel?.close();
  }
}

interface Serving {
  readonly serve: ServeOptions;
  readonly options: ResolvedBackendOptions;
  /** Null: no other process serves the same. */
  readonly group: GroupMember | null;
  readonly seeing: Seeing;
}

async function answerUntil(
  stopped: Promise<void>,
  repository: LiveRepository,
  units: readonly ModelUnit[],
  { serve, options: { compat, hideDetails }, group, seeing: { observer, log } }: Serving,
  onReady: (address: ServerAddress) => void,
): Promise<void> {
  const timeoutMs = requestTimeoutMs(serve);
  void stopped.then(() => repository.beginStop());
  const ports = createPorts(preferredResponder(repository), serve, {
    compat,
    hideDetails,
    timeoutMs,
    repository: group?.share(repository) ?? repository,
    inOrder: group !== null,
    observer,
    report: (text) => log('error', text),
  });
  try {
    const listening = group?.isReplacement === true ? null : ports.open();
    const starting = repository.start(group?.unitsNow(units) ?? units);
    await listening;
    const failures = await starting;
    if (repository.isStopping) return;
    for (const failure of failures.values()) throw failure;
    const address = await (listening ?? ports.open());
    group?.ready(address);
    onReady(address);
    await stopped;
  } finally {
    await ports.stop();
  }
}
