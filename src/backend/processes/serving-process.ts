/** The place of one serving process: which fills it, how it fared, when the next is due. */
import type { ChildProcess } from 'node:child_process';
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import { RestartDelay } from '../../workers/restart-delay.ts';
import type { Connection, ConnectionTurns, Taker } from './connection-turns.ts';
import { errorOf, isReport, type OrderMessage, type ReportMessage } from './process-message.ts';

/** What a place tells its supervisor. */
export interface ServingEvents {
  readonly onReport: (process: ServingProcess, report: ReportMessage) => void;
  readonly onEnd: (process: ServingProcess, end: ProcessEnd) => void;
}

/** What a place needs. */
export interface ServingProcessOptions extends ServingEvents {
  readonly fork: () => ChildProcess;
  /** Where connections come from. */
  readonly turns: ConnectionTurns;
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
  readonly #fork: () => ChildProcess;
  readonly #events: ServingEvents;
  readonly #turns: ConnectionTurns;
  readonly #delay = new RestartDelay();
  #child: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #told: SlipwayError | undefined;
  #readyAt = 0;
  /** Starts that failed since one last was ready. */
  failures = 0;
  /** What it serves answers. */
  isReady = false;
  /** It may have begun to load, and is not ready yet. */
  isStarting = false;
  /** It waits for the word that no more connections come. */
  isClosing = false;

  constructor({ fork, turns, ...events }: ServingProcessOptions) {
    this.#fork = fork;
    this.#turns = turns;
    this.#events = events;
    this.#start();
  }

  /** Of the process that is there; 0 where none is. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Starts the next one, at once or after some time. */
  startAgain(servedMs: number): void {
    this.#timer = setTimeout(() => this.#start(), this.#delay.next(servedMs));
  }

  /** Sends an order; one to a process that is ending is lost. */
  order(message: OrderMessage): void {
    if (this.#child !== undefined) send(this.#child, message);
  }

  /** Tells it to stop, and starts no other. */
  stop(): void {
    clearTimeout(this.#timer);
    this.order({ slipway: 'stop' });
  }

  /** Ends it at once, and starts no other. */
  kill(): void {
    clearTimeout(this.#timer);
    this.#child?.kill('SIGKILL');
  }

  #start(): void {
    const child = this.#fork();
    this.#child = child;
    this.#told = undefined;
    const taker: Taker = {
      give: ({ door, socket }) => send(child, { slipway: 'connection', door }, socket),
    };
    child.on('message', (message: unknown) => {
      if (!isReport(message)) return;
      if (message.slipway === 'open') this.#turns.join(taker);
      else if (message.slipway === 'taken') this.#turns.noteTaken(taker);
      else this.#note(message);
    });
    child.on('error', () => undefined);
    // Comes after the last message, which may be that it has taken a connection. Node has no event `disconnect` where one
    // was on its way.
    child.once('close', () => this.#turns.leave(taker));
    child.once('exit', (code, signal) => this.#end(child, code, signal));
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

  #end(child: ChildProcess, code: number | null, signal: string | null): void {
    const pid = child.pid ?? 0;
    const servedMs = this.isReady ? performance.now() - this.#readyAt : 0;
    if (!this.isReady) this.failures++;
    this.#child = undefined;
    this.isReady = false;
    this.isStarting = false;
    this.isClosing = false;
    const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
    const reason = this.#told ?? slipwayError('WORKER_LOST', `Serving process ${pid} ${how}.`);
    this.#events.onEnd(this, { pid, reason, told: this.#told !== undefined, servedMs });
  }
}

/** What is sent to a process that is ending is lost; of a connection, the one of this process remains. */
function send(child: ChildProcess, message: OrderMessage, socket?: Connection['socket']): void {
  if (child.connected) child.send(message, socket, { keepOpen: true }, () => undefined);
}
