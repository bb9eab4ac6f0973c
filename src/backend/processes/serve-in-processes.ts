/** Serves a native model, or a folder of models, in several processes that share the port. */
import { type ChildProcess, fork } from 'node:child_process';
import os from 'node:os';
import type { RuntimeChoice } from '../../contract/capability.ts';
import type { ServeOptions } from '../../contract/flavor-backend.ts';
import { isSlipwayError } from '../../errors/slipway-error.ts';
import { servedName } from '../../model/served-name.ts';
import type { ResolvedBackendOptions } from '../backend-options.ts';
import { openControlChannel, controlFdVariable } from '../control-channel.ts';
import { fetchingOptions } from '../fetching-options.ts';
import { selectModel } from '../open-model.ts';
import type { Selection } from '../select-runtime.ts';
import { processCommand, serveEnvironment } from '../serve-command.ts';
import type { ServeHooks } from '../serve-here.ts';
import { waitForStop } from '../wait-for-stop.ts';
import { openSharedPorts } from './shared-ports.ts';
import { siblingVariable } from './sibling-variable.ts';
import { supervise } from './supervise.ts';

/** What the processes may take to stop beyond what they were told, in milliseconds. */
const stopGraceMs = 5000;

/**
 * Resolves with the exit code; null where the model is not scored natively, so that one process serves it (and has
 * workers of another kind).
 *
 * @throws WORKERS_FAILED, PORT_IN_USE, LISTEN_FAILED and the codes of opening a model
 */
export async function serveInProcesses(
  uri: string,
  serve: ServeOptions,
  options: ResolvedBackendOptions,
  { onReady, onSelected, signal }: ServeHooks,
): Promise<number | null> {
  const served = await whatIsServed(uri, serve, options, signal);
  if (served === null) return null;
  const { selection } = served;
  if (selection !== null) onSelected?.(selection);
  const processes = options.workers ?? 1;
  const ports = await openSharedPorts(serve);
  const channel = openControlChannel();
  const threads = threadsOf(options);
  const renewsOnHangup = serve.tlsCert !== undefined;
  let isFirst = true;
  try {
    return await supervise({
      processes,
      ports,
      fork: (place) => startProcess(place, served, { ...options, threads }),
      stopped: waitForStop(channel, signal, renewsOnHangup),
      stopMs: stopMsOf(serve),
      renewsOnHangup,
      onReady: (address, models) => {
        isFirst = false;
        channel?.announce(address);
        onReady?.({ address, selection, models });
      },
      report: (line) => console.error(line),
    });
  } catch (error) {
    const isForOthers = isFirst && options.runtime === 'auto';
    if (isForOthers && isSlipwayError(error, 'MODEL_NOT_NATIVE')) return null;
    throw error;
  } finally {
    channel?.close();
  }
}

function stopMsOf({ drainDelaySeconds = 0, shutdownTimeoutSeconds = 30 }: ServeOptions): number {
  return (drainDelaySeconds + shutdownTimeoutSeconds) * 1000 + stopGraceMs;
}

/** Cores are shared among the processes, unless the user says otherwise. */
function threadsOf({ threads, workers = 1 }: ResolvedBackendOptions): number {
  return threads ?? Math.max(1, Math.floor(os.availableParallelism() / workers));
}

/** What each process is told. */
interface Served {
  readonly uri: string;
  readonly serve: ServeOptions;
  readonly runtime: RuntimeChoice;
  /** Null for a folder of models. */
  readonly selection: Selection | null;
}

/**
 * One model is loaded by all from the folder in which it already is, and known by the name of the first reading; where
 * it is watched, by its own URI, as that may lead to another version later. A folder of models is read by each. Null
 * for a model that is not native.
 */
async function whatIsServed(
  uri: string,
  serve: ServeOptions,
  options: ResolvedBackendOptions,
  signal: AbortSignal | undefined,
): Promise<Served | null> {
  if (serve.models !== undefined) return { uri, serve, runtime: options.runtime, selection: null };
  const fetching = fetchingOptions(options, signal);
  const { model, runtime, selection } = await selectModel(uri, options.runtime, fetching);
  if (runtime?.id !== 'native') return null;
  if (serve.watchSeconds !== undefined) {
    return { uri: model.uri, serve, runtime: 'native', selection };
  }
  const { modelName, modelVersion } = serve;
  const { name, version } = servedName(model, { name: modelName, version: modelVersion });
  const named = { ...serve, modelName: name, ...(version !== null && { modelVersion: version }) };
  return { uri: model.directory, serve: named, runtime: 'native', selection };
}

function startProcess(
  place: number,
  { uri, serve, runtime }: Served,
  options: ResolvedBackendOptions,
): ChildProcess {
  const { exec, execArgv, args } = processCommand(uri, serve, { ...options, runtime, workers: 1 });
  const env = {
    ...serveEnvironment(serve, options),
    [controlFdVariable]: '',
    [siblingVariable]: String(place),
  };
  return fork(exec, args, { execArgv, env, serialization: 'advanced' });
}
