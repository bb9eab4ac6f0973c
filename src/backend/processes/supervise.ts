/** Keeps N serving processes behind one port: starts them, replaces those that are lost, changes and stops them together. */
import type { ChildProcess } from 'node:child_process';
import type { ServerAddress } from '../../contract/flavor-backend.ts';
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import type { IndexedModel } from '../../repository/model-repository.ts';
import { ClosingTogether } from './closing-together.ts';
import { ConnectionTurns } from './connection-turns.ts';
import { changeGroup } from './group-change.ts';
import type { Answered, ReportMessage } from './process-message.ts';
import { QuestionBroker } from './question-broker.ts';
import { type ProcessEnd, ServingProcess } from './serving-process.ts';
import type { SharedPorts } from './shared-ports.ts';

/** What {@link supervise} needs. */
export interface SupervisionOptions {
  readonly processes: number;
  /** What they serve, open already. */
  readonly ports: SharedPorts;
  /** Starts one in a place, 1 and up. */
  readonly fork: (place: number) => ChildProcess;
  /** Resolves when the processes should stop. */
  readonly stopped: Promise<void>;
  /** The processes have something to look at anew on SIGHUP. */
  readonly renewsOnHangup: boolean;
  /** How long they may take for that, in milliseconds, before they are killed. */
  readonly stopMs: number;
  /** Called once, when all answer. */
  readonly onReady: (address: ServerAddress, models: readonly IndexedModel[]) => void;
  /** Hears of lost processes. */
  readonly report: (line: string) => void;
}

/** So many starts may fail in a row in one place, while no process answers in any. */
const mostFailures = 3;

/**
 * Resolves with 0 when all were told to stop and have ended.
 *
 * @throws the reason for which a process cannot start, WORKERS_FAILED where it gives none
 */
export function supervise(options: SupervisionOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const renew = (): void => supervisor.renew();
    const supervisor = new Supervisor(options, (failure) => {
      process.off('SIGHUP', renew);
      if (failure === null) resolve(0);
      else reject(failure);
    });
    if (options.renewsOnHangup) process.on('SIGHUP', renew);
    void options.stopped.then(() => supervisor.stop());
  });
}

class Supervisor {
  readonly #options: SupervisionOptions;
  readonly #settle: (failure: SlipwayError | null) => void;
  readonly #broker = new QuestionBroker();
  readonly #places: ServingProcess[] = [];
  readonly #turns = new ConnectionTurns();
  readonly #closing = new ClosingTogether(this.#places, () => this.#closePorts());
  #units: readonly unknown[] | null = null;
  readonly #changes: unknown[] = [];
  /** What waits until no change is under way and no process is starting. */
  readonly #waiting: (() => void)[] = [];
  #isChanging = false;
  #lastChange = 0;
  #leader: ServingProcess | undefined;
  #wasReady = false;
  #ending: { readonly failure: SlipwayError | null } | undefined;
  #killTimer: NodeJS.Timeout | undefined;

  constructor(options: SupervisionOptions, settle: (failure: SlipwayError | null) => void) {
    this.#options = options;
    this.#settle = settle;
    options.ports.onConnection = (connection) => this.#turns.add(connection);
    for (let at = 0; at < options.processes; at++) {
      const place = new ServingProcess({
        fork: () => options.fork(at + 1),
        turns: this.#turns,
        onReport: (from, report) => this.#hear(from, report),
        onEnd: (from, end) => this.#lose(from, end),
      });
      this.#places.push(place);
    }
  }

  stop(): void {
    this.#ending ??= { failure: null };
    for (const place of this.#places) place.stop();
    this.#killTimer = setTimeout(() => this.#killAll(), this.#options.stopMs);
    this.#settleWhenGone();
  }

  /** All look at the files of their certificate. */
  renew(): void {
    for (const place of this.#places) place.order({ slipway: 'renew' });
  }

  #hear(place: ServingProcess, report: ReportMessage): void {
    switch (report.slipway) {
      case 'hello':
        return this.#whenQuiet(() => this.#welcome(place));
      case 'ready':
        this.#units ??= report.units;
        return this.#noteReady(report.models);
      case 'askAll':
        return void this.#answerAll(place, report);
      case 'answer':
        return this.#broker.take(report.id, { pid: place.pid, data: report.data });
      case 'refusal':
        return this.#broker.take(report.id, { pid: place.pid, failure: report.failure });
      case 'change':
        return this.#whenQuiet(() => void this.#change(place, report));
      case 'closing':
        return this.#closing.look();
      case 'failed':
      case 'open':
      case 'taken':
    }
  }

  #welcome(place: ServingProcess): void {
    place.isStarting = true;
    const { address } = this.#options.ports;
    const isReplacement = this.#wasReady;
    const units = isReplacement ? this.#units : null;
    const welcome = { isReplacement, address, units, changes: this.#changes };
    place.order({ slipway: 'welcome', welcome });
    if (!this.#wasReady) return;
    place.order({ slipway: 'allReady' });
  }

  #noteReady(models: readonly IndexedModel[]): void {
    this.#lead();
    if (this.#wasReady) return this.#goOn();
    if (!this.#places.every(({ isReady }) => isReady)) return;
    this.#wasReady = true;
    for (const one of this.#places) one.order({ slipway: 'allReady' });
    if (this.#ending === undefined) this.#options.onReady(this.#options.ports.address, models);
    this.#goOn();
  }

  /** One of the processes leads, for what only one should do. */
  #lead(): void {
    if (this.#leader?.isReady === true) return;
    this.#leader = this.#places.find(({ isReady }) => isReady);
    this.#leader?.order({ slipway: 'lead' });
  }

  async #answerAll(
    place: ServingProcess,
    { id, topic, data }: ReportMessage & { slipway: 'askAll' },
  ): Promise<void> {
    const answers = await this.#ask((one) => one.isReady || one === place, topic, data);
    place.order({ slipway: 'answers', id, answers });
  }

  #ask(
    isAsked: (place: ServingProcess) => boolean,
    topic: string,
    data: unknown,
  ): Promise<readonly Answered[]> {
    const asked = this.#places.filter(isAsked).map((one) => ({
      pid: one.pid,
      ask: (id: number) => one.order({ slipway: 'ask', id, topic, data }),
    }));
    return this.#broker.ask(asked, topic, data);
  }

  async #change(
    place: ServingProcess,
    { id, change }: ReportMessage & { slipway: 'change' },
  ): Promise<void> {
    this.#isChanging = true;
    const failure = await changeGroup(
      (topic, step) => this.#ask(({ isReady }) => isReady, topic, step),
      ++this.#lastChange,
      change,
    );
    if (failure === null) this.#changes.push(change);
    this.#isChanging = false;
    place.order({ slipway: 'changed', id, failure });
    this.#goOn();
  }

  /** A process that begins during a change would miss it, so one waits for the other. At the start all begin together. */
  #whenQuiet(work: () => void): void {
    this.#waiting.push(work);
    this.#goOn();
  }

  #goOn(): void {
    while (!this.#isBusy()) {
      const work = this.#waiting.shift();
      if (work === undefined) return;
      work();
    }
  }

  #isBusy(): boolean {
    if (!this.#wasReady) return false;
    return this.#isChanging || this.#places.some(({ isStarting }) => isStarting);
  }

  #lose(place: ServingProcess, end: ProcessEnd): void {
    this.#broker.forget(end.pid);
    if (this.#leader === place) this.#leader = undefined;
    this.#closing.look();
    if (this.#ending !== undefined) return this.#settleWhenGone();
    const failure = this.#whyGiveUp(place, end);
    if (failure !== null) {
      this.#ending = { failure };
      this.#killAll();
      return this.#settleWhenGone();
    }
    this.#options.report(`slipway: ${end.reason.message} Another is started.`);
    this.#lead();
    place.startAgain(end.servedMs);
    this.#goOn();
  }

  /** Null: it is worth another try. */
  #whyGiveUp(place: ServingProcess, { reason, told }: ProcessEnd): SlipwayError | null {
    if (told && !this.#wasReady) return reason;
    if (this.#places.some(({ isReady }) => isReady) || place.failures < mostFailures) return null;
    if (told) return reason;
    return slipwayError(
      'WORKERS_FAILED',
      `Serving processes failed to start ${mostFailures} times in a row: ${reason.message}`,
      { cause: reason },
    );
  }

  async #closePorts(): Promise<void> {
    await this.#options.ports.untilQuiet(() => this.#turns.areOver);
    this.#options.ports.close();
  }

  #killAll(): void {
    for (const place of this.#places) place.kill();
  }

  #settleWhenGone(): void {
    if (this.#ending === undefined || this.#places.some(({ pid }) => pid !== 0)) return;
    clearTimeout(this.#killTimer);
    this.#options.ports.close();
    this.#turns.closeWaiting();
    this.#settle(this.#ending.failure);
  }
}
