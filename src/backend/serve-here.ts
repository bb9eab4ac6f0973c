/** Serves models in this process until it is told to stop. */
import type { ServeOptions, ServerAddress } from '../contract/flavor-backend.ts';
import { mlserverFamilies } from '../observe/mlserver-families.ts';
import { LiveRepository } from '../repository/live-repository.ts';
import type { ModelUnit } from '../repository/model-change.ts';
import type { IndexedModel } from '../repository/model-repository.ts';
import type { ModelWatcher } from '../repository/model-watcher.ts';
import { preferredResponder } from '../repository/preferred-responder.ts';
import type { ResolvedBackendOptions } from './backend-options.ts';
import { applyModelSettings } from './apply-model-settings.ts';
import { createObserver, type Seeing } from './create-observer.ts';
import { openControlChannel } from './control-channel.ts';
import type { OpenModelOptions } from './open-model.ts';
import { createPorts, type PortStopOptions } from './open-ports.ts';
import { prepareDoors } from './prepare-doors.ts';
import { requestTimeoutMs } from './open-service.ts';
import { unitOpener } from './open-unit.ts';
import type { GroupMember } from './processes/group-member.ts';
import { isSibling } from './processes/sibling-variable.ts';
import type { Selection } from './select-runtime.ts';
import { type ServedCatalog, servedCatalog } from './served-catalog.ts';
import { startModels } from './start-models.ts';
import { waitForStop } from './wait-for-stop.ts';

/** What is known when the models answer. */
export interface ServerReady {
  readonly address: ServerAddress;
  /** What scores the model; of many, the one that was opened last. Null: there is none yet. */
  readonly selection: Selection | null;
  /** Every model, also those that could not be loaded. */
  readonly models: readonly IndexedModel[];
}

/** Hooks of {@link serveHere}. */
export interface ServeHooks extends Pick<OpenModelOptions, 'onSelected'> {
  /** Called once, when the models answer. */
  readonly onReady?: (ready: ServerReady) => void;
  /** Stops the server, as SIGTERM does. */
  readonly signal?: AbortSignal;
}

/**
 * Opens the port, and at the same time the models; until they answer, the server is live and not ready. Resolves with 0
 * when it was told to stop and has answered what was in flight. Told so earlier, it gives up loading.
 *
 * @throws PORT_IN_USE, LISTEN_FAILED and the codes of opening a model
 */
export async function serveHere(
  givenUri: string,
  given: ServeOptions,
  options: ResolvedBackendOptions,
  hooks: ServeHooks = {},
): Promise<number> {
  const { uri, serve } = applyModelSettings(givenUri, given);
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
  const seeing = await createObserver(serve);
  const { metrics } = seeing.observer;
  if (serve.enableMlserver === true) metrics?.add(() => mlserverFamilies(metrics));
  const report = (line: string): void => seeing.log('info', `slipway: note: ${line}`);
  const channel = openControlChannel();
  const stopped = waitForStop(channel, group?.stop ?? signal, serve.tlsCert !== undefined);
  const catalog = servedCatalog(uri, serve);
  let selection: Selection | null = null;
  const select = (selected: Selection): void => {
    selection = selected;
    onSelected?.(selected);
  };
  const { defaultModel: preferredName, strictReadiness = true } = serve;
  const repository = new LiveRepository({
    open: unitOpener(serve, options, { metrics, onSelected: select, report }),
    scan: catalog.scan,
    preferredName,
    strictReadiness,
    apply: group?.apply,
  });
  if (metrics !== null) group?.shareMetrics(metrics);
  try {
    const serving = { serve, options, catalog, repository, group, seeing, report };
    await answerUntil(stopped, serving, async (address) => {
      channel?.announce(address);
      if (group === null) onReady?.({ address, selection, models: await repository.index() });
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
  readonly catalog: ServedCatalog;
  readonly repository: LiveRepository;
  /** Null: no other process serves the same. */
  readonly group: GroupMember | null;
  readonly seeing: Seeing;
  /** Hears, in a line, what the user should know: a model that was loaded anew, or could not be. */
  readonly report: (line: string) => void;
}

async function answerUntil(
  stopped: Promise<void>,
  serving: Serving,
  onReady: (address: ServerAddress) => Promise<void>,
): Promise<void> {
  const { serve, options, catalog, repository, group, report } = serving;
  const { observer, log } = serving.seeing;
  const { compat, hideDetails } = options;
  void stopped.then(() => repository.beginStop());
  const ports = createPorts(preferredResponder(repository), serve, {
    ...(await prepareDoors(serve)),
    compat,
    hideDetails,
    timeoutMs: requestTimeoutMs(serve),
    repository: group?.share(repository) ?? repository,
    taken: group?.connections ?? null,
    observer,
    report: (text) => log('error', text),
  });
  const watcher = await watcherOf(serving);
  const listening = group?.isReplacement === true ? null : ports.open();
  let stopping: PortStopOptions | undefined;
  try {
    const chosen = async (): Promise<readonly ModelUnit[]> => catalog.chosen(await catalog.scan());
    const units = await (group?.unitsNow(chosen) ?? chosen());
    const starting = startModels(repository, units, watcher, report);
    const [failures] = await Promise.all([starting, listening]);
    if (repository.isStopping) return;
    await group?.serveWithout(failures);
    const address = await (listening ?? ports.open());
    group?.ready(await repository.index());
    await onReady(address);
    void (group?.leads ?? Promise.resolve()).then(() => watcher?.start());
    await stopped;
    stopping = { ...stopOptionsOf(serve), beforeClosing: async () => group?.endConnections() };
  } finally {
    // What is about to listen cannot be closed yet.
    await Promise.allSettled([listening]);
    const isCut = await ports.stop(stopping);
    if (isCut) log('warn', 'slipway: warning: requests in flight took too long, and were cut off');
    await watcher?.stop();
  }
}

/** Once it has served: clients may be about to send on connections that they hold. */
function stopOptionsOf({
  drainDelaySeconds = 0,
  shutdownTimeoutSeconds = 30,
}: ServeOptions): PortStopOptions {
  return {
    drainDelayMs: drainDelaySeconds * 1000,
    shutdownTimeoutMs: shutdownTimeoutSeconds * 1000,
    lingerMs: 500,
  };
}

/** Code that watches is loaded where it is wanted only. */
async function watcherOf({
  serve: { watchSeconds },
  options,
  catalog,
  repository,
  report,
}: Serving): Promise<ModelWatcher | null> {
  if (watchSeconds === undefined) return null;
  const { watchCatalog } = await import('./watch-catalog.ts');
  return watchCatalog(catalog, repository, options, { intervalMs: watchSeconds * 1000, report });
}
