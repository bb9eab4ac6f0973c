/**
 * Puts the rows of requests that wait into one call. Whatever is there when a call may start goes along;
 * nobody waits for company unless `maxWaitMs` says so. Requests that came in the same turn of the event loop
 * count as there, hence the call starts at the end of the turn.
 */
import { setMaxListeners } from 'node:events';
import type { Scorer } from '../contract/scorer.ts';
import type { Prediction } from '../data/scoring-data.ts';
import type { CallQueue } from './call-queue.ts';
import { MergeGroups } from './merge-groups.ts';
import { MergeMember } from './merge-member.ts';
import { type MergeableInput, rowCountOf } from './mergeable-input.ts';
import { predictMerged } from './predict-merged.ts';
import type { ModelObserver, RequestNotes } from './request-notes.ts';
import { splitPrediction } from './split-prediction.ts';

/** Options of {@link CallMerger}. */
export interface MergeOptions {
  /** Merged calls that may run at once. */
  readonly mergedCalls: number;
  /** Most rows of one merged call. */
  readonly maxRows: number;
  /** How long a request may wait for others though a call could start, in milliseconds. */
  readonly maxWaitMs: number;
  /** Hears of each call. */
  readonly observer?: ModelObserver | undefined;
}

const never: AbortSignal = new AbortController().signal;
// Every merged call that waits for its turn listens.
setMaxListeners(0, never);

/** Merges the calls of one scorer. */
export class CallMerger {
  readonly #scorer: Scorer;
  readonly #queue: CallQueue;
  readonly #mergedCalls: number;
  readonly #maxWaitMs: number;
  readonly #observer: ModelObserver | undefined;
  readonly #groups: MergeGroups;
  /** Merged calls that run or wait for their turn. */
  #turns = 0;
  /** Those that wait: each will take a group. */
  #claims = 0;
  #isOpening = false;
  #timer: NodeJS.Timeout | undefined;
  /** Whether results fall into rows: known once a call of one request has been seen. */
  #results: 'unknown' | 'rows' | 'whole' = 'unknown';

  constructor(scorer: Scorer, queue: CallQueue, options: MergeOptions) {
    this.#scorer = scorer;
    this.#queue = queue;
    this.#mergedCalls = options.mergedCalls;
    this.#maxWaitMs = options.maxWaitMs;
    this.#observer = options.observer;
    this.#groups = new MergeGroups(options);
  }

  /** Scores an input without params, alone or with others. @throws QUEUE_FULL and what the scorer throws */
  async predict(
    input: MergeableInput,
    signal: AbortSignal,
    notes?: RequestNotes,
  ): Promise<Prediction> {
    signal.throwIfAborted();
    if (this.#results === 'whole') {
      const work = (): Promise<Prediction> => this.#scorer.predict(input, null, signal);
      return this.#queue.run(signal, work, 'counted', notes);
    }
    // Those that will start with this turn of the event loop do not wait in the queue's sense.
    const waits = this.#turns >= this.#mergedCalls || this.#claims > 0;
    if (waits) this.#queue.admit();
    const member = new MergeMember(input, rowCountOf(input), signal, notes);
    member.onLeave = this.#groups.add(member, () => {
      if (waits) this.#queue.dismiss();
    });
    this.#openLater();
    return member.answer;
  }

  #openLater(): void {
    if (this.#isOpening || this.#turns >= this.#mergedCalls) return;
    this.#isOpening = true;
    setImmediate(() => {
      this.#isOpening = false;
      this.#open();
    });
  }

  /** Starts as many merged calls as may run and have something to do. */
  #open(): void {
    const now = performance.now();
    while (this.#turns < this.#mergedCalls && this.#groups.countRipe(now) > this.#claims) {
      this.#turns += 1;
      this.#claims += 1;
      void this.#takeTurn();
    }
    this.#openWhenRipe(now);
  }

  #openWhenRipe(now: number): void {
    if (this.#maxWaitMs === 0 || this.#timer !== undefined) return;
    const delayMs = this.#groups.untilRipe(now);
    if (delayMs === null || this.#turns >= this.#mergedCalls) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#open();
    }, delayMs);
  }

  async #takeTurn(): Promise<void> {
    try {
      await this.#queue.run(never, () => this.#scoreNext(), 'admitted');
    } finally {
      this.#turns -= 1;
      this.#open();
    }
  }

  /** What is scored is chosen only now, so that everything that came meanwhile goes along. */
  async #scoreNext(): Promise<void> {
    this.#claims -= 1;
    const most = this.#results === 'rows' ? Number.POSITIVE_INFINITY : 1;
    const now = performance.now();
    const members = this.#groups.take(now, most);
    if (this.#groups.size > 0) this.#openLater();
    const [first] = members;
    if (first === undefined) return;
    this.#begin(members, now);
    return members.length > 1 ? this.#scoreMerged(members) : this.#scoreFirst(first);
  }

  #begin(members: readonly MergeMember[], now: number): void {
    for (const member of members) member.begin(now);
    const rows = members.reduce((total, { rowCount }) => total + rowCount, 0);
    this.#observer?.called(members.length, rows);
  }

  async #scoreFirst(member: MergeMember): Promise<void> {
    member.onLeave = () => undefined;
    const pending = this.#scorer.predict(member.input, null, member.signal);
    member.settle(pending);
    const prediction = await pending.catch(() => undefined);
    if (prediction === undefined) return;
    if (splitPrediction(prediction, [member.rowCount]) === null) this.#stopMerging();
    else if (this.#results === 'unknown') this.#results = 'rows';
  }

  async #scoreMerged(members: readonly MergeMember[]): Promise<void> {
    const parts = await predictMerged(this.#scorer, members).catch(() => undefined);
    if (parts === null) this.#stopMerging();
    members.forEach((member, at) => {
      const part = parts?.[at];
      if (part !== undefined) member.settle(part);
      else if (!member.hasLeft) this.#scoreAlone(member);
    });
  }

  /** The results of this model do not fall into rows, so whoever waits is scored alone. */
  #stopMerging(): void {
    this.#results = 'whole';
    for (const member of this.#groups.takeAll()) this.#scoreAlone(member);
  }

  /** After a failure nobody knows whose rows were at fault, so each is asked by itself. */
  #scoreAlone(member: MergeMember): void {
    const { input, signal } = member;
    member.onLeave = () => undefined;
    const work = (): Promise<Prediction> => this.#scorer.predict(input, null, signal);
    member.settle(this.#queue.run(signal, work, 'urgent'));
  }
}
