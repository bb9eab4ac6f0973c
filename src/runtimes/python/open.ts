/** Starts the workers of a model and waits for the first to have loaded it. */
import { realpathSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { OpenOptions } from '../../contract/runtime.ts';
import type { Scorer } from '../../contract/scorer.ts';
import { isSlipwayError } from '../../errors/slipway-error.ts';
import type { PythonEnvironment } from '../../env/python-environment.ts';
import type { SavedModel } from '../../model/saved-model.ts';
import type { Message } from '../../workers/message.ts';
import { createWorkerPool } from '../../workers/worker-pool.ts';
import type { WorkerCommand, WorkerPool } from '../../workers/worker-pool-types.ts';
import { createScorer } from './create-scorer.ts';
import { layoutOf } from './layout-of.ts';
import { loadError } from './load-error.ts';
import { readReady } from './ready.ts';
import { workerFile } from './worker-file.ts';

/** Version of the messages between us and the worker file. */
const protocolVersion = 1;

/** MLflow's number of threads. Source: CPython 3.11 ThreadPoolExecutor, which uvicorn's handlers run in. */
function defaultThreads(): number {
  return Math.min(32, availableParallelism() + 4);
}

/** What a worker has to answer a request that is late, in milliseconds. */
const lateGraceMs = 200;

const defaultTimeoutMs = 60_000;

/**
 * Opens a model in `environment`. The scorer is there once one worker is ready; the others follow.
 *
 * @throws MODEL_LOAD_FAILED, WORKERS_FAILED, the reason of `options.signal`
 */
export async function open(
  model: SavedModel,
  environment: PythonEnvironment,
  options: OpenOptions,
): Promise<Scorer> {
  const threads = options.threads ?? defaultThreads();
  const workers = options.workers ?? 1;
  const { onProgress, onPhase, signal, timeoutMs = defaultTimeoutMs } = options;
  signal?.throwIfAborted();
  let isOpen = false;
  const pool = createWorkerPool({
    command: commandOf(environment, startMessage(model, threads, options)),
    workers,
    callsPerWorker: threads,
    cancelGraceMs: (reason) => graceMs(reason, timeoutMs),
    onPhase: (phase) => {
      // Of those that follow or replace the first nobody waits.
      if (isOpen) return;
      onProgress?.({ step: `Python worker: ${phase}` });
      if (phase === 'importing' || phase === 'loading') onPhase?.(phase);
    },
  });
  try {
    const ready = readReady(await readyUnless(signal, pool));
    isOpen = true;
    return createScorer({ pool, model, ready, workers, threads });
  } catch (error) {
    await pool.close();
    throw loadError(error, model, environment);
  }
}

/**
 * A worker whose call is late hangs, or is too slow, which is the same to those who wait. One whose caller left may
 * be busy with good reason: loading the model anew would cost more than letting it finish.
 */
function graceMs(reason: unknown, timeoutMs: number): number {
  return isSlipwayError(reason, 'DEADLINE_EXCEEDED') ? lateGraceMs : timeoutMs;
}

/** How long a model takes to load is not bounded; but whoever waits for it may give up. */
function readyUnless(signal: AbortSignal | undefined, pool: WorkerPool): Promise<Message> {
  if (signal === undefined) return pool.ready;
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    pool.ready.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}

function commandOf({ python, variables }: PythonEnvironment, start: Message): WorkerCommand {
  return {
    file: python,
    args: [workerFile()],
    environment: { ...definedOf(process.env), ...variables },
    start,
  };
}

/**
 * The folder behind a link: MLflow refuses links, and where one is made to lead to another model, a worker that replaces
 * one of this model must not load that.
 */
function startMessage(model: SavedModel, threads: number, { modelConfig }: OpenOptions): Message {
  const layout = layoutOf(model);
  return {
    header: {
      type: 'start',
      protocol: protocolVersion,
      model: realpathSync(model.directory),
      threads,
      ...(modelConfig !== undefined && { model_config: modelConfig }),
      ...(layout !== null && { layout }),
    },
    buffers: [],
  };
}

function definedOf(environment: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(environment).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Record<string, string>;
}
