/** The machine that a pickle programs: a stack with marks, and a memo of what has been made. */
import type { Budget } from '../budget.ts';
import { invalidFile } from '../invalid-file.ts';
import { isPickled, type PickledSequence, type PickledValue } from '../pickled-value.ts';
import type { ByteReader } from './byte-reader.ts';
import { Memo } from './memo.ts';

/** Python nests no deeper than its own stack allows. */
const markLimit = 100_000;
const memoEntryBytes = 32;
const recordBytes = 64;
const dictBytes = 256;

/** What a later BUILD is to do with a record that its class makes otherwise than others. */
export type Builder = (state: PickledValue, machine: PickleMachine) => void;

/** State of one pickle. Every method throws MODEL_FILE_INVALID on what no pickler writes. */
export class PickleMachine {
  readonly reader: ByteReader;
  readonly budget: Budget;
  /** Reads a pickle of its own that starts here. */
  readonly readNested: () => PickledValue;
  /** Records that wait for their state. */
  readonly builders: Map<PickledValue, Builder> = new Map();
  protocol = 0;
  #stack: PickledValue[] = [];
  readonly #below: PickledValue[][] = [];
  readonly #memo = new Memo();

  /** Names the place that was read last, for messages. */
  readonly where = (): string => this.reader.where();

  constructor(reader: ByteReader, budget: Budget, readNested: () => PickledValue) {
    this.reader = reader;
    this.budget = budget;
    this.readNested = readNested;
  }

  push(value: PickledValue): void {
    this.#stack.push(value);
  }

  pop(): PickledValue {
    const value = this.#stack.pop();
    if (value === undefined) throw this.fail('the stack of the pickle is empty');
    return value;
  }

  /** Drops the top of the stack; an empty stack since a mark drops the mark. */
  drop(): void {
    if (this.#stack.pop() === undefined) this.popMark();
  }

  top(): PickledValue {
    const value = this.#stack.at(-1);
    if (value === undefined) throw this.fail('the stack of the pickle is empty');
    return value;
  }

  mark(): void {
    if (this.#below.length >= markLimit) throw this.fail('marks are nested too deep');
    this.#below.push(this.#stack);
    this.#stack = [];
  }

  /** What was pushed since the last mark. */
  popMark(): PickledValue[] {
    const items = this.#stack;
    const below = this.#below.pop();
    if (below === undefined) throw this.fail('a mark is missing');
    this.#stack = below;
    return items;
  }

  /** The items of the tuple on top. */
  popTuple(): readonly PickledValue[] {
    const tuple = this.pop();
    if (isPickled(tuple, 'tuple')) return tuple.items;
    throw this.fail('arguments are not a tuple');
  }

  /** Pushes a new record, whose memory is accounted for. */
  pushRecord(value: PickledValue): void {
    this.budget.take(isPickled(value, 'dict') ? dictBytes : recordBytes, this.where);
    this.#stack.push(value);
  }

  pushSequence(kind: PickledSequence['kind'], items: readonly PickledValue[]): void {
    this.pushRecord({ kind, items });
  }

  remember(index: number): void {
    this.budget.take(memoEntryBytes, this.where);
    if (!this.#memo.set(index, this.top())) throw this.fail('the memo is out of order');
  }

  memoSize(): number {
    return this.#memo.size;
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw this.fail(`the memo has no entry ${index}`);
    this.#stack.push(value);
  }

  fail(reason: string): Error {
    return invalidFile(reason, this.reader.where());
  }
}
