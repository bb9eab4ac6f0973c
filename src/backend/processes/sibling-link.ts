/**
 * A serving process's end of the channel to the supervisor that started it and its siblings. The process ends at once
 * where the supervisor has gone without a word, as nobody hands over connections any more.
 */
import type { Socket } from 'node:net';
import type { IndexedModel } from '../../repository/model-repository.ts';
import type { TakenConnections } from '../taken-connections.ts';
import {
  type Answered,
  errorOf,
  type Failure,
  failureOf,
  isOrder,
  type OrderMessage,
  type ReportMessage,
  type Welcome,
} from './process-message.ts';

/** Answers a question of a sibling; what it throws reaches the one who asked as a failure. */
export type Answer = (data: unknown) => unknown;

/** The link of one serving process. */
export interface SiblingLink {
  /** Aborts when the supervisor says stop. */
  readonly stop: AbortSignal;
  /** True once every process answers. */
  readonly areAllReady: boolean;
  /** Resolves when this process should do what only one does; it never may. */
  readonly leads: Promise<void>;
  /** Resolves when this process may begin; with null when it is to stop before that. */
  join(): Promise<Welcome | null>;
  /** Takes connections from now on. */
  readonly take: TakenConnections['begin'];
  /** Says that `models` answer, and what it was to load: `units`. */
  ready(models: readonly IndexedModel[], units: readonly unknown[]): void;
  /** Resolves when no more connections come. */
  endConnections(): Promise<void>;
  /** Says why this process ends. */
  fail(error: unknown): void;
  /** Asks all processes that are ready, and this one; resolves with what each said. */
  askAll(topic: string, data: unknown): Promise<readonly Answered[]>;
  /** Answers questions on `topic` from now on. */
  answer(topic: string, answer: Answer): void;
  /** Has all processes changed, or none: each is asked on the topics of {@link import('./group-change.ts')}. @throws what one of them threw */
  change(change: unknown): Promise<void>;
  /** Lets the process end. */
  close(): void;
}

/** Opens the link of a process that a supervisor started. */
export function openSiblingLink(): SiblingLink {
  return new ProcessLink();
}

class ProcessLink implements SiblingLink {
  readonly #controller = new AbortController();
  readonly #answers = new Map<string, Answer>();
  readonly #asking = new Map<number, (answers: readonly Answered[]) => void>();
  readonly #changing = new Map<number, (failure: Failure | null) => void>();
  readonly stop: AbortSignal = this.#controller.signal;
  readonly leads: Promise<void>;
  areAllReady = false;
  #lastId = 0;
  #lead: () => void = () => undefined;
  #welcome: (welcome: Welcome) => void = () => undefined;
  #takers: Parameters<TakenConnections['begin']>[0] | undefined;
  #closed: () => void = () => undefined;
  readonly #onMessage = (message: unknown, socket: unknown): void => {
    if (isOrder(message)) this.#obey(message, socket as Socket | undefined);
  };
  readonly #onDisconnect = (): void => process.exit(0);

  constructor() {
    this.leads = new Promise((resolve) => {
      this.#lead = resolve;
    });
    process.on('message', this.#onMessage);
    process.on('disconnect', this.#onDisconnect);
  }

  join(): Promise<Welcome | null> {
    return new Promise((resolve) => {
      this.#welcome = resolve;
      this.stop.addEventListener('abort', () => resolve(null));
      this.#send({ slipway: 'hello' });
    });
  }

  take(takers: Parameters<TakenConnections['begin']>[0]): void {
    this.#takers = takers;
    this.#send({ slipway: 'open' });
  }

  ready(models: readonly IndexedModel[], units: readonly unknown[]): void {
    this.#send({ slipway: 'ready', models, units });
  }

  endConnections(): Promise<void> {
    return new Promise((resolve) => {
      this.#closed = resolve;
      this.#send({ slipway: 'closing' });
    });
  }

  fail(error: unknown): void {
    this.#send({ slipway: 'failed', failure: failureOf(error) });
  }

  askAll(topic: string, data: unknown): Promise<readonly Answered[]> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#asking.set(id, resolve);
      this.#send({ slipway: 'askAll', id, topic, data });
    });
  }

  answer(topic: string, answer: Answer): void {
    this.#answers.set(topic, answer);
  }

  async change(change: unknown): Promise<void> {
    const id = ++this.#lastId;
    const failure = await new Promise<Failure | null>((resolve) => {
      this.#changing.set(id, resolve);
      this.#send({ slipway: 'change', id, change });
    });
    if (failure !== null) throw errorOf(failure);
  }

  close(): void {
    process.off('message', this.#onMessage);
    process.off('disconnect', this.#onDisconnect);
    if (process.connected) process.disconnect();
  }

  #obey(order: OrderMessage, socket: Socket | undefined): void {
    switch (order.slipway) {
      case 'welcome':
        return this.#welcome(order.welcome);
      case 'connection':
        this.#send({ slipway: 'taken' });
        // None where the client has gone meanwhile.
        if (socket !== undefined) this.#takers?.[order.door]?.(socket);
        return;
      case 'allReady':
        this.areAllReady = true;
        return;
      case 'lead':
        return this.#lead();
      case 'stop':
        return this.#controller.abort();
      case 'closed':
        return this.#closed();
      case 'renew':
        // As an event, since the signal itself would end a process that does not listen to it yet.
        return void process.emit('SIGHUP', 'SIGHUP');
      case 'ask':
        return void this.#answerOne(order);
      case 'answers':
        this.#asking.get(order.id)?.(order.answers);
        this.#asking.delete(order.id);
        return;
      case 'changed':
        this.#changing.get(order.id)?.(order.failure);
        this.#changing.delete(order.id);
    }
  }

  async #answerOne({ id, topic, data }: OrderMessage & { slipway: 'ask' }): Promise<void> {
    try {
      const answer = this.#answers.get(topic);
      if (answer === undefined) throw new Error(`nothing here answers ${topic}`);
      this.#send({ slipway: 'answer', id, data: await answer(data) });
    } catch (error) {
      this.#send({ slipway: 'refusal', id, failure: failureOf(error) });
    }
  }

  #send(message: ReportMessage): void {
    if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
  }
}
