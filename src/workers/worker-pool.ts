/** The pool: which worker takes which request, and what happens when one is lost, hangs or does not start. */
import { type SlipwayError, slipwayError } from '../errors/slipway-error.ts';
import type { Message } from './message.ts';
import { MessageQueue } from './message-queue.ts';
import { ProcessGroups } from './process-groups.ts';
import { Worker, type WorkerOwner, type WorkerSetup } from './worker.ts';
import { type CallOwner, type CallReceiver, WorkerCall } from './worker-call.ts';
import { isLasting, type StartFailure, workersFailedError } from './worker-failure.ts';
import type { WorkerPool, WorkerPoolOptions, WorkerPoolStatus } from './worker-pool-types.ts';
import { WorkerSlot } from './worker-slot.ts';
import { writeToStderr } from './write-to-stderr.ts';

/** Starts the workers, all at once, and returns without waiting for them. Close the pool to end them. */
export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  return new ProcessPool(options);
}

const defaultStartFailures = 3;
const defaultCancelGraceMs = 200;

class ProcessPool implements WorkerPool, WorkerOwner, CallOwner {
  readonly ready: Promise<Message>;
  readonly #maxStartFailures: number;
  readonly #groups: ProcessGroups;
  readonly #setup: WorkerSetup;
  readonly #slots: readonly WorkerSlot[];
  /** Every worker of which something may be left. */
  readonly #workers = new Set<Worker>();
  /** First come, first served. A set, so that an aborted request leaves at once from anywhere. */
  readonly #waiting = new Set<WorkerCall>();
  #settleReady: { resolve(message: Message): void; reject(error: unknown): void };
  #everReady = false;
  #startFailures = 0;
  #started = 0;
  /** Why no request is taken any more. */
  #failure: SlipwayError | null = null;
  #closed = false;
  #ended: Promise<void> | null = null;

  constructor(options: WorkerPoolOptions) {
    this.#maxStartFailures = options.maxStartFailures ?? defaultStartFailures;
    this.#groups = new ProcessGroups(options.command.environment);
    this.#setup = {
      command: options.command,
      callsPerWorker: options.callsPerWorker,
      cancelGraceMs: options.cancelGraceMs ?? (() => defaultCancelGraceMs),
      groups: this.#groups,
      onLog: options.onLog ?? writeToStderr,
      onPhase: options.onPhase ?? (() => undefined),
    };
    this.#settleReady = { resolve: () => undefined, reject: () => undefined };
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject };
    });
    // Not everybody waits for it.
    this.ready.catch(() => undefined);
    this.#slots = Array.from(
      { length: options.workers },
      () => new WorkerSlot(() => this.#start()),
    );
    for (const slot of this.#slots) slot.start();
  }

  request(message: Message, signal: AbortSignal): Promise<Message> {
    return new Promise((resolve, reject) => {
      this.#submit(message, signal, { onEnd: resolve, onError: reject });
    });
  }

  async *stream(message: Message, signal: AbortSignal): AsyncGenerator<Message, void, undefined> {
    const queue = new MessageQueue((error) => call?.abandon(error));
    const call = this.#submit(message, signal, queue);
    try {
      for (;;) {
        const item = await queue.take(signal);
        if (item === null) return;
        yield item;
      }
    } finally {
      call?.abandon(undefined);
    }
  }

  status(): WorkerPoolStatus {
    return {
      state: this.#state(),
      workers: Array.from(this.#workers, (worker) => worker.status()),
      waiting: this.#waiting.size,
      restarts: Math.max(0, this.#started - this.#slots.length),
    };
  }

  close(): Promise<void> {
    this.#closed = true;
    return this.#end(slipwayError('WORKERS_FAILED', 'The workers have been closed.'));
  }

  onAbort(call: WorkerCall): void {
    this.#waiting.delete(call);
  }

  onReady(_worker: Worker, message: Message): void {
    this.#startFailures = 0;
    this.#everReady = true;
    this.#settleReady.resolve(message);
    this.#dispatch();
  }

  onFree(): void {
    if (this.#waiting.size > 0) this.#dispatch();
  }

  onDraining(worker: Worker): void {
    if (this.#failure !== null) return;
    this.#slotOf(worker)?.start();
  }

  onLost(worker: Worker): void {
    this.#restart(worker);
  }

  onStartFailed(worker: Worker, failure: StartFailure): void {
    this.#startFailures++;
    this.#slotOf(worker)?.noteStartFailure(isLasting(failure));
    if (this.#isHopeless()) void this.#end(workersFailedError(failure, this.#startFailures));
    else this.#restart(worker);
  }

  #state(): WorkerPoolStatus['state'] {
    if (this.#closed) return 'closed';
    if (this.#failure !== null) return 'failed';
    if (this.#hasReady()) return 'ready';
    return this.#everReady ? 'recovering' : 'starting';
  }

  #submit(message: Message, signal: AbortSignal, receiver: CallReceiver): WorkerCall | null {
    const refusal = signal.aborted ? { reason: signal.reason as unknown } : null;
    if (refusal !== null || this.#failure !== null) {
      receiver.onError(refusal === null ? this.#failure : refusal.reason);
      return null;
    }
    const call = new WorkerCall(message, signal, receiver, this);
    const worker = this.#waiting.size === 0 ? this.#pick() : null;
    if (worker === null) this.#waiting.add(call);
    else worker.run(call);
    return call;
  }

  #dispatch(): void {
    for (const call of this.#waiting) {
      const worker = this.#pick();
      if (worker === null) return;
      this.#waiting.delete(call);
      worker.run(call);
    }
  }

  /** The free worker with the fewest calls. */
  #pick(): Worker | null {
    let best: Worker | null = null;
    for (const { worker } of this.#slots) {
      if (worker === null || !worker.free) continue;
      if (best === null || worker.running < best.running) best = worker;
    }
    return best;
  }

  #start(): Worker {
    const worker = new Worker(this.#setup, this);
    this.#started++;
    this.#workers.add(worker);
    void worker.gone.then(() => this.#workers.delete(worker));
    return worker;
  }

  #restart(worker: Worker): void {
    if (this.#failure !== null) return;
    const readyForMs = worker.readyAtMs === 0 ? 0 : performance.now() - worker.readyAtMs;
    this.#slotOf(worker)?.restart(readyForMs);
  }

  #slotOf(worker: Worker): WorkerSlot | undefined {
    return this.#slots.find((slot) => slot.worker === worker);
  }

  #hasReady(): boolean {
    return this.#slots.some(({ worker }) => worker?.state === 'ready');
  }

  #isHopeless(): boolean {
    if (this.#hasReady()) return false;
    if (this.#startFailures >= this.#maxStartFailures) return true;
    return !this.#everReady && this.#slots.every((slot) => slot.failedByItself);
  }

  #end(error: SlipwayError): Promise<void> {
    this.#ended ??= this.#endAll(error);
    return this.#ended;
  }

  async #endAll(error: SlipwayError): Promise<void> {
    this.#failure = error;
    this.#settleReady.reject(error);
    for (const slot of this.#slots) slot.close();
    for (const call of this.#waiting) call.fail(error);
    this.#waiting.clear();
    for (const worker of this.#workers) worker.stop(error);
    for (const { gone } of this.#workers) await gone;
    await this.#groups.close();
  }
}
