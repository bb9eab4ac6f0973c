/** Serves a native model in several processes that share the port. */
import cluster, { type Worker } from 'node:cluster';
import os from 'node:os';
import type { ServeOptions, ServerAddress } from '../../contract/flavor-backend.ts';
import { isSlipwayError } from '../../errors/slipway-error.ts';
import { servedName } from '../../model/served-name.ts';
import type { ResolvedBackendOptions } from '../backend-options.ts';
import { openControlChannel, controlFdVariable } from '../control-channel.ts';
import { fetchingOptions } from '../fetching-options.ts';
import { selectModel, type SelectedModel } from '../open-model.ts';
import { processCommand, serveEnvironment } from '../serve-command.ts';
import type { ServeHooks } from '../serve-here.ts';
import { removeStaleSocket } from '../../server/doors/unix-socket.ts';
import { waitForStop } from '../wait-for-stop.ts';
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
  const selected = await selectModel(uri, options.runtime, fetchingOptions(options, signal));
  const { selection, runtime } = selected;
  if (runtime?.id !== 'native') return null;
  onSelected?.(selection);
  const processes = options.workers ?? 1;
  if (serve.unixSocket !== undefined) await removeStaleSocket(serve.unixSocket);
  const channel = openControlChannel();
  let isFirst = true;
  try {
    return await supervise({
      processes,
      fork: (address) =>
        fork(selected, serve, { ...options, threads: threadsOf(options) }, address),
      stopped: waitForStop(channel, signal),
      stopMs: stopMsOf(serve),
      onReady: (address) => {
        isFirst = false;
        channel?.announce(address);
        onReady?.({ address, selection, models: [] });
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

/** Each loads the model from the folder in which it already is, and knows it by the name of the first reading. */
function fork(
  { model }: SelectedModel,
  serve: ServeOptions,
  options: ResolvedBackendOptions,
  address: ServerAddress | undefined,
): Worker {
  const { name, version } = servedName(model, {
    name: serve.modelName,
    version: serve.modelVersion,
  });
  const one: ServeOptions = {
    ...serve,
    port: address?.port ?? serve.port,
    ...(address?.grpcPort === undefined ? {} : { grpcPort: address.grpcPort }),
    modelName: name,
    ...(version === null ? {} : { modelVersion: version }),
  };
  // What is watched is asked for by its own URI.
  const uri = serve.watchSeconds === undefined ? model.directory : model.uri;
  const { exec, execArgv, args } = processCommand(uri, one, {
    ...options,
    runtime: 'native',
    workers: 1,
  });
  cluster.setupPrimary({ exec, args: Array.from(args), execArgv, serialization: 'advanced' });
  return cluster.fork({
    ...serveEnvironment(serve, options),
    [controlFdVariable]: '',
    [siblingVariable]: '1',
  });
}
