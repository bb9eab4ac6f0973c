/** The place of one unit in a repository: what is going on with it, and its model while there is one. */
import type { ModelUnit } from './model-change.ts';
import type { IndexedModel, ModelState, ServedModel } from './model-repository.ts';

/** Holds one unit; changed by the repository only. */
export class ModelSlot {
  unit: ModelUnit;
  /** What answers; null: nothing does. */
  served: ServedModel | null = null;
  /** Should be ready: the server is not while this is not. */
  isWanted = false;
  #name: string | null;
  #phase: string | null = null;
  #isUnloading = false;
  #reason = 'not loaded';
  #hasFailed = false;
  #wasServed = false;

  constructor(unit: ModelUnit) {
    this.unit = unit;
    this.#name = unit.name;
  }

  /** Null until the model has said what it is called. */
  get name(): string | null {
    return this.#name;
  }

  /** As in the index. While a model is loaded beside one that answers, it is ready. */
  get state(): ModelState {
    if (this.served !== null) return 'READY';
    if (this.#phase !== null) return 'LOADING';
    return this.#isUnloading ? 'UNLOADING' : 'UNAVAILABLE';
  }

  /** Why it does not answer, or why a newer one does not: the phase of a load, or what went wrong. */
  get reason(): string {
    return this.served === null ? (this.#phase ?? this.#reason) : this.#reason;
  }

  /** Nothing is there, and nothing should be. */
  get isIdle(): boolean {
    return !this.isWanted && this.state === 'UNAVAILABLE';
  }

  /** A newer model may come here unasked: where one is, or failed to be. Null: none was ever wanted. */
  get mayReload(): boolean | null {
    if (this.isWanted || this.#hasFailed) return true;
    return this.#wasServed ? false : null;
  }

  /** It should be ready, and will be loaded. */
  expect(): void {
    this.isWanted = true;
    this.#phase = 'waiting';
  }

  /** A load has come so far. */
  enter(phase: string): void {
    this.#phase = phase;
  }

  /** The load is over, and left nothing. */
  leave(): void {
    this.#phase = null;
  }

  /** `model` answers from now on. @returns the one that answered before */
  place(unit: ModelUnit, model: ServedModel): ServedModel | null {
    const before = this.served;
    this.unit = unit;
    this.served = model;
    this.isWanted = true;
    this.#name = model.name;
    this.#phase = null;
    this.#reason = '';
    this.#hasFailed = false;
    this.#wasServed = true;
    return before;
  }

  /** Nothing answers from now on. @returns what did; it is unloading until {@link gone} */
  clear(): ServedModel | null {
    const before = this.served;
    this.served = null;
    this.isWanted = false;
    this.#isUnloading = true;
    this.#hasFailed = false;
    this.#reason = 'unloaded';
    return before;
  }

  /** The model that was cleared has answered what it had in hand, and is closed. */
  gone(): void {
    this.#isUnloading = false;
  }

  /** A load came to nothing. */
  refuse(reason: string): void {
    this.#phase = null;
    this.#hasFailed = true;
    this.#reason =
      this.served === null ? reason : `not reloaded, the one before still answers: ${reason}`;
  }

  /** Its line of the index. */
  describe(): IndexedModel {
    const { state, reason } = this;
    const version = this.served?.version ?? this.unit.version;
    return { name: this.#name ?? '', version, state, reason };
  }
}
