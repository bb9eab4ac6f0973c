/** One worker: its process, the calls it runs, and whether it can be trusted with more. */
import { slipwayError } from '../errors/slipway-error.ts';
import type { Message } from './message.ts';
import type { ProcessGroups } from './process-groups.ts';
import type { CallOwner, WorkerCall } from './worker-call.ts';
import { lostError, type StartFailure } from './worker-failure.ts';
import type { WorkerCommand, WorkerStatus } from './worker-pool-types.ts';
import {
  type ProcessEnd,
  type ProcessListener,
  protocolVersion,
  WorkerProcess,
} from './worker-process.ts';

/** The pool, as its workers see it. */
export interface WorkerOwner {
  onReady(worker: Worker, message: Message): void;
  /** A call has ended; there is room for another. */
  onFree(worker: Worker): void;
  /** It takes no new work, though it may still run calls. */
  onDraining(worker: Worker): void;
  /** It had been ready and ended unasked. */
  onLost(worker: Worker): void;
  /** It ended before it was ready. */
  onStartFailed(worker: Worker, failure: StartFailure): void;
}

/** What every worker of a pool is started with. */
export interface WorkerSetup {
  readonly command: WorkerCommand;
  readonly callsPerWorker: number;
  readonly cancelGraceMs: (reason: unknown) => number;
  readonly groups: ProcessGroups;
  readonly onLog: (line: string, pid: number) => Promise<void> | void;
  readonly onPhase: (phase: string, pid: number) => void;
}

/** Lines kept of a worker that is not ready, to say why it never was. */
const keptLines = 20;

const noBuffers: readonly Uint8Array[] = [];

/** A worker from its start to its end. */
export class Worker implements ProcessListener, CallOwner {
  state: WorkerStatus['state'] = 'starting';
  /** As `performance.now()`; 0 until then. */
  readyAtMs = 0;
  readonly #setup: WorkerSetup;
  readonly #owner: WorkerOwner;
  readonly #process: WorkerProcess;
  #phase = 'starting';
  #nextId = 1;
  /** By id: those that somebody waits for, and those given up that the worker has not answered yet. */
  readonly #calls = new Map<number, WorkerCall>();
  /** Those that somebody waits for. */
  #awaited = 0;
  /** Of the calls given up: time to answer. */
  readonly #graces = new Map<number, NodeJS.Timeout>();
  #greeted = false;
  /** It ends, though its process has not ended yet. */
  #doomed = false;
  #fatal: Message | null = null;
  #nonsense: unknown;
  #lastLines: string[] = [];
  #stopping = false;

  constructor(setup: WorkerSetup, owner: WorkerOwner) {
    this.#setup = setup;
    this.#owner = owner;
    this.#process = new WorkerProcess(setup.command, setup.groups, this);
  }

  /** Resolves when nothing of it is left. */
  get gone(): Promise<void> {
    return this.#process.gone;
  }

  get running(): number {
    return this.#calls.size;
  }

  get free(): boolean {
    return (
      this.state === 'ready' &&
      this.#calls.size < this.#setup.callsPerWorker &&
      this.#process.connected &&
      !this.#doomed
    );
  }

  status(): WorkerStatus {
    const { pid } = this.#process;
    return { pid, state: this.state, phase: this.#phase, running: this.running };
  }

  run(call: WorkerCall): void {
    call.id = this.#nextId++;
    call.handOver(this);
    try {
      const { header, buffers } = call.message;
      this.#process.send({ header: { ...header, id: call.id }, buffers });
    } catch (error) {
      call.fail(error);
      return;
    }
    this.#calls.set(call.id, call);
    this.#awaited++;
  }

  /** Ends it; calls that still run fail. */
  stop(error: unknown): void {
    this.#stopping = true;
    for (const call of this.#calls.values()) call.fail(error);
    const idle = this.state === 'ready' && this.#calls.size === 0;
    this.state = 'draining';
    if (idle) this.#process.stop();
    else this.#process.terminate();
  }

  onAbort(call: WorkerCall): void {
    this.#awaited--;
    this.#process.send({ header: { type: 'cancel', id: call.id }, buffers: noBuffers });
    const graceMs = this.#setup.cancelGraceMs(call.signal.reason);
    const timer = setTimeout(() => this.#judge(call.id), graceMs);
    this.#graces.set(call.id, timer);
    this.#endIfDrained();
  }

  onMessage(message: Message, frameBytes: number): void {
    if (this.#nonsense !== undefined) return;
    const { type } = message.header;
    if (type === 'result' || type === 'end' || type === 'error') this.#answer(message);
    else if (type === 'item') this.#calls.get(message.header.id ?? 0)?.item(message, frameBytes);
    else this.#report(message);
  }

  onNonsense(error: unknown): void {
    this.#nonsense ??= error;
    this.#doomed = true;
    this.#process.kill();
  }

  onLine(line: string): Promise<void> | void {
    if (this.state === 'starting') {
      this.#lastLines.push(line.slice(0, 500));
      if (this.#lastLines.length > keptLines) this.#lastLines.shift();
    }
    return this.#setup.onLog(line, this.#process.pid);
  }

  onExit(): void {
    for (const timer of this.#graces.values()) clearTimeout(timer);
    if (this.state !== 'ready') return;
    this.state = 'draining';
    this.#owner.onLost(this);
  }

  onGone(end: ProcessEnd): void {
    const error = this.#nonsense ?? lostError(this.#process.pid, end);
    for (const call of this.#calls.values()) call.fail(error);
    this.#calls.clear();
    if (this.state !== 'starting' || this.#stopping) return;
    this.state = 'draining';
    this.#owner.onStartFailed(this, {
      pid: this.#process.pid,
      end,
      fatal: this.#fatal,
      nonsense: this.#nonsense,
      lastLines: this.#lastLines,
    });
  }

  #answer(message: Message): void {
    const id = message.header.id ?? 0;
    const call = this.#calls.get(id);
    if (call === undefined) return;
    this.#calls.delete(id);
    if (call.settled) {
      clearTimeout(this.#graces.get(id));
      this.#graces.delete(id);
    } else {
      this.#awaited--;
      if (message.header.type === 'error') call.refuse(message);
      else call.end(message);
    }
    if (this.state === 'ready') this.#owner.onFree(this);
    else this.#endIfDrained();
  }

  /** What is not an answer: how the worker is getting on. */
  #report(message: Message): void {
    const { type } = message.header;
    if (type === 'hello') this.#greet(message);
    else if (!this.#greeted) this.#misbehave(`“${type}” before “hello”`);
    else if (type === 'phase') this.#enterPhase(String(message.header['phase']));
    else if (type === 'ready') this.#becomeReady(message);
    else if (type === 'fatal') {
      this.#fatal = message;
      this.#doomed = true;
      this.#process.expectEnd();
    } else this.#misbehave(`a message of unknown type “${type}”`);
  }

  #greet({ header }: Message): void {
    this.#greeted = true;
    if (header['protocol'] === protocolVersion) return this.#enterPhase('started');
    this.#misbehave(`protocol ${String(header['protocol'])} instead of ${protocolVersion}`);
  }

  #enterPhase(phase: string): void {
    this.#phase = phase;
    if (this.state === 'starting') this.#setup.onPhase(phase, this.#process.pid);
  }

  #becomeReady(message: Message): void {
    if (this.state !== 'starting') return;
    this.state = 'ready';
    this.#phase = 'ready';
    this.readyAtMs = performance.now();
    this.#lastLines = [];
    this.#owner.onReady(this, message);
  }

  #misbehave(what: string): void {
    this.onNonsense(slipwayError('WORKER_PROTOCOL', `A worker process sent ${what}; it is ended.`));
  }

  /** The time to answer is over. If we were busy ourselves the answer may be there unread: look once more. */
  #judge(id: number): void {
    this.#graces.delete(id);
    setImmediate(() => {
      if (this.#calls.has(id)) this.#drain();
    });
  }

  #drain(): void {
    if (this.state !== 'ready') return;
    this.state = 'draining';
    this.#owner.onDraining(this);
    this.#endIfDrained();
  }

  #endIfDrained(): void {
    if (this.state !== 'draining' || this.#awaited > 0) return;
    this.#stopping = true;
    this.#process.terminate();
  }
}
