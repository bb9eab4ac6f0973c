/** The place of one serving process: which fills it, how it fared, when the next is due. */
import type { Worker } from 'node:cluster';
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import { RestartDelay } from '../../workers/restart-delay.ts';
import { type UnacceptedConnections, watchHandOvers } from './unaccepted-connections.ts';
import { errorOf, isReport, type OrderMessage, type ReportMessage } from './process-message.ts';

/** What a place tells its supervisor. */
export interface ServingEvents {
  readonly onReport: (process: ServingProcess, report: ReportMessage) => void;
  readonly onEnd: (process: ServingProcess, end: ProcessEnd) => void;
}

/** What a place needs. */
export interface ServingProcessOptions extends ServingEvents {
  readonly fork: () => Worker;
  /** Whether another process can take connections. */
  readonly isAnybodyThere: () => boolean;
}

/** How a serving process ended. */
export interface ProcessEnd {
  readonly pid: number;
  /** The reason it gave itself, else its exit code or signal in words. */
  readonly reason: SlipwayError;
  /** True where it told the reason itself, which the next one would meet as well. */
  readonly told: boolean;
  /** How long it had been answering, in milliseconds; 0 where it never was. */
  readonly servedMs: number;
}

/** Starts a process in this place again and again. */
export class ServingProcess {
  readonly #fork: () => Worker;
  readonly #events: ServingEvents;
  readonly #isAnybodyThere: () => boolean;
  readonly #delay = new RestartDelay();
  #worker: Worker | undefined;
  #unaccepted: UnacceptedConnections | undefined;
  #timer: NodeJS.Timeout | undefined;
  #told: SlipwayError | undefined;
  #readyAt = 0;
  /** Starts that failed since one last was ready. */
  failures = 0;
  /** What it serves answers. */
  isReady = false;
  /** It may have begun to load, and is not ready yet. */
  isStarting = false;
  /** It waits for the order to close its ports. */
  isClosing = false;

  constructor({ fork, isAnybodyThere, ...events }: ServingProcessOptions) {
    this.#fork = fork;
    this.#isAnybodyThere = isAnybodyThere;
    this.#events = events;
    this.#start();
  }

  /** Of the process that is there; 0 where none is. */
  get pid(): number {
    return this.#worker?.process.pid ?? 0;
  }

  /** Starts the next one, at once or after some time. */
  startAgain(servedMs: number): void {
    this.#timer = setTimeout(() => this.#start(), this.#delay.next(servedMs));
  }

  /** Sends an order; one to a process that is ending is lost. */
  order(message: OrderMessage): void {
    if (this.#worker?.isConnected() === true) this.#worker.send(message, () => undefined);
  }

  /** Hands it no more connections; resolves when it has taken those that it was given. */
  async endHandOvers(): Promise<void> {
    await this.#unaccepted?.stop();
  }

  /** Tells it to stop, and starts no other. */
  stop(): void {
    clearTimeout(this.#timer);
    this.order({ slipway: 'stop' });
  }

  /** Ends it at once, and starts no other. */
  kill(): void {
    clearTimeout(this.#timer);
    this.#worker?.process.kill('SIGKILL');
  }

  #start(): void {
    const worker = this.#fork();
    this.#worker = worker;
    this.#told = undefined;
    worker.on('message', (message: unknown) => {
      if (isReport(message)) this.#note(message);
    });
    worker.on('error', () => undefined);
    const unaccepted = watchHandOvers(worker);
    this.#unaccepted = unaccepted;
    worker.once('exit', (code, signal) => {
      this.#end(worker, code, signal);
      // Once the cluster module knows that the process is gone.
      setImmediate(() => unaccepted.giveBack(this.#isAnybodyThere()));
    });
  }

  #note(report: ReportMessage): void {
    // What is not of the catalogue is a bug, which the process has told on stderr with its stack.
    if (report.slipway === 'failed') this.#told = errorOf(report.failure);
    if (report.slipway === 'ready') {
      this.isReady = true;
      this.isStarting = false;
      this.#readyAt = performance.now();
      this.failures = 0;
    }
    if (report.slipway === 'closing') this.isClosing = true;
    this.#events.onReport(this, report);
  }

  #end(worker: Worker, code: number | null, signal: string | null): void {
    const pid = worker.process.pid ?? 0;
    const servedMs = this.isReady ? performance.now() - this.#readyAt : 0;
    if (!this.isReady) this.failures++;
    this.#worker = undefined;
    this.isReady = false;
    this.isStarting = false;
    this.isClosing = false;
    const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
    const reason = this.#told ?? slipwayError('WORKER_LOST', `Serving process ${pid} ${how}.`);
    this.#events.onEnd(this, { pid, reason, told: this.#told !== undefined, servedMs });
  }
}
