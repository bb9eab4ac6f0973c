/** A repository whose models come and go while requests are answered. */
import { availableParallelism } from 'node:os';
import { slipwayError } from '../errors/slipway-error.ts';
import { forEachOf } from './for-each-of.ts';
import type { ApplyChange, ModelChange, ModelUnit, TwoPhaseRepository } from './model-change.ts';
import {
  createServedModel,
  type IndexedModel,
  modelNotFound,
  type ModelRepository,
  type ServedModel,
  type ServedModelParts,
} from './model-repository.ts';
import { ModelSlot } from './model-slot.ts';
import { closeUnits, type OpenedUnit, type OpenUnit, openUnits } from './open-units.ts';
import { compareVersions, indexServedModels, type ServedModels } from './served-models.ts';
import { Turns } from './turns.ts';
import { whyNonePreferred, whyNotFound } from './why-not-served.ts';

/** What a repository is made of. */
export interface LiveRepositoryOptions {
  readonly open: OpenUnit;
  /** What can be loaded now. */
  readonly scan: () => Promise<readonly ModelUnit[]>;
  /** Model that answers requests which name none. Default: the only one, if there is one only. */
  readonly preferredName?: string | undefined;
  /** Count a model that could not be loaded as a reason not to be ready. Default: true. */
  readonly strictReadiness?: boolean;
  /** Carries out changes, for a server of several processes. Default: in this process. */
  readonly apply?: ApplyChange | undefined;
}

interface PreparedChange {
  readonly opened: readonly OpenedUnit[];
  readonly unload: readonly string[];
}

/** Models that are loaded at the same time when a server starts. */
const loadsAtOnce = Math.min(4, availableParallelism());

/** The models of one process. */
export class LiveRepository implements ModelRepository, TwoPhaseRepository {
  readonly #options: LiveRepositoryOptions;
  readonly #slots = new Map<string, ModelSlot>();
  readonly #prepared = new Map<string, PreparedChange>();
  readonly #retiring = new Set<ServedModel>();
  readonly #preparing = new Set<Promise<unknown>>();
  readonly #turns = new Turns();
  readonly #stop = new AbortController();
  #hasBegun = false;
  #served: ServedModels = new Map();
  #preferred: ServedModel | null = null;
  #tickets = 0;

  constructor(options: LiveRepositoryOptions) {
    this.#options = options;
  }

  isReady(): boolean {
    return this.whyNotReady() === null;
  }

  /** True once it was told to stop. */
  get isStopping(): boolean {
    return this.#stop.signal.aborted;
  }

  whyNotReady(): string | null {
    if (this.isStopping) return 'stopping';
    if (!this.#hasBegun) return 'starting';
    const slots = [...this.#slots.values()];
    const missing = slots.filter((slot) => this.#isMissing(slot));
    if (missing.length === 0) return null;
    if (slots.length === 1) return missing[0]!.reason;
    return missing.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
  }

  preferred(): ServedModel {
    if (this.#preferred !== null) return this.#preferred;
    throw whyNonePreferred([...this.#slots.values()], this.#preferredName());
  }

  find(name: string, version: string | null): ServedModel {
    const named = this.#served.get(name);
    const model = version === null ? named?.highest : named?.byVersion.get(version);
    if (model !== undefined) return model;
    throw whyNotFound([...this.#slots.values()], name, version);
  }

  /** Ids of the units that answer. */
  servedIds(): readonly string[] {
    return [...this.#slots.values()].flatMap(({ served, unit }) =>
      served === null ? [] : unit.id,
    );
  }

  versions(name: string): readonly string[] {
    return this.#served.get(name)?.versions ?? [];
  }

  async index(): Promise<readonly IndexedModel[]> {
    await this.look();
    const lines = [...this.#slots.values()].map((slot) => slot.describe());
    return lines.toSorted(
      (a, b) =>
        (a.name < b.name ? -1 : Number(a.name > b.name)) || compareVersions(b.version, a.version),
    );
  }

  /** Loads every version of a model that there is now, anew where it is loaded already. */
  async load(name: string): Promise<void> {
    const found = (await this.#options.scan()).filter((unit) => this.#nameOf(unit) === name);
    if (found.length === 0) throw modelNotFound(name, null);
    const ids = new Set(found.map(({ id }) => id));
    const unload = this.#slotsOf(name).filter(
      ({ unit, served }) => served !== null && !ids.has(unit.id),
    );
    await this.change({ load: found, unload: unload.map(({ unit }) => unit.id) });
  }

  async unload(name: string): Promise<void> {
    const slots = this.#slotsOf(name);
    if (slots.length === 0) throw modelNotFound(name, null);
    await this.change({ load: [], unload: slots.map(({ unit }) => unit.id) });
  }

  /** Carries out a change, after those before it that have to do with the same models. @throws what loading threw */
  change(change: ModelChange): Promise<void> {
    const [first = ''] = [...change.load.map(({ id }) => id), ...change.unload];
    const { apply = (one) => this.#applyHere(one) } = this.#options;
    return this.#turns.take(groupOf(first), () => apply(change));
  }

  /**
   * Loads what a server starts with, a few at once; one that fails leaves the others alone.
   *
   * @returns what went wrong, by the id of the unit
   */
  async start(units: readonly ModelUnit[]): Promise<ReadonlyMap<string, unknown>> {
    for (const unit of units) this.#slotOf(unit).expect();
    this.#hasBegun = true;
    const failures = new Map<string, unknown>();
    await forEachOf(units, loadsAtOnce, async (unit) => {
      await this.change({ load: [unit], unload: [] }).catch((error: unknown) =>
        failures.set(unit.id, error),
      );
    });
    return failures;
  }

  /** Should a unit be loaded anew when it has changed? Not one that was unloaded. Null: it is not known yet. */
  mayReload(id: string): boolean | null {
    return this.#slots.get(id)?.mayReload ?? null;
  }

  /** Takes in a model that is open already. */
  adopt(unit: ModelUnit, parts: ServedModelParts): void {
    this.#hasBegun = true;
    this.#slotOf(unit).place(unit, createServedModel(parts));
    this.#update();
  }

  async prepare({ load, unload }: ModelChange): Promise<string> {
    this.#stop.signal.throwIfAborted();
    const slots = load.map((unit) => [unit, this.#slotOf(unit)] as const);
    const opening = openUnits(slots, this.#options.open, this.#stop.signal);
    this.#preparing.add(opening);
    const opened = await opening.finally(() => this.#preparing.delete(opening));
    const ticket = `change ${++this.#tickets}`;
    this.#prepared.set(ticket, { opened, unload });
    return ticket;
  }

  async commit(ticket: string): Promise<void> {
    const { opened, unload } = this.#take(ticket);
    const replaced = opened.map(({ slot, unit, model }) => slot.place(unit, model));
    const leaving = unload.flatMap((id) => this.#slots.get(id) ?? []);
    const unloaded = leaving.map((slot) => [slot, slot.clear()] as const);
    this.#update();
    // What cannot be closed is no reason to stop serving.
    for (const model of replaced) if (model !== null) this.#retire(model).catch(() => undefined);
    await Promise.all(
      unloaded.map(async ([slot, model]) => {
        if (model !== null) await this.#retire(model);
        slot.gone();
      }),
    );
  }

  async discard(ticket: string): Promise<void> {
    await closeUnits(this.#take(ticket).opened);
  }

  refuse({ load }: ModelChange, reason: string): void {
    for (const unit of load) this.#slotOf(unit).refuse(reason);
  }

  beginStop(): void {
    this.#stop.abort(slipwayError('SERVED_MODEL_NOT_READY', 'The server is stopping.'));
  }

  /** Gives up what is being loaded, and closes every model, whatever they have in hand. */
  async close(): Promise<void> {
    this.beginStop();
    await Promise.allSettled(this.#preparing);
    await Promise.all([...this.#prepared.keys()].map((ticket) => this.discard(ticket)));
    const served = [...this.#slots.values()].flatMap((slot) => slot.served ?? []);
    await Promise.all([...served, ...this.#retiring].map(({ service }) => service.close()));
  }

  async #applyHere(change: ModelChange): Promise<void> {
    let ticket: string;
    try {
      ticket = await this.prepare(change);
    } catch (error) {
      this.refuse(change, error instanceof Error ? error.message : String(error));
      throw error;
    }
    await this.commit(ticket);
  }

  /** The model gets no new requests; it is closed when those that it has in hand are answered. */
  async #retire(model: ServedModel): Promise<void> {
    this.#retiring.add(model);
    await model.service.drained();
    await model.service.close();
    this.#retiring.delete(model);
  }

  #isMissing({ isWanted, state }: ModelSlot): boolean {
    if (!isWanted || state === 'READY') return false;
    return state === 'LOADING' || (this.#options.strictReadiness ?? true);
  }

  #take(ticket: string): PreparedChange {
    const prepared = this.#prepared.get(ticket);
    if (prepared === undefined) throw new Error(`there is no ${ticket}`);
    this.#prepared.delete(ticket);
    return prepared;
  }

  /** What answers has changed. */
  #update(): void {
    const slots = [...this.#slots.values()];
    this.#served = indexServedModels(slots.flatMap(({ served }) => served ?? []));
    const name = this.#preferredName();
    this.#preferred = (name === null ? undefined : this.#served.get(name)?.highest) ?? null;
  }

  /** Null where there are several models, and none was chosen. */
  #preferredName(): string | null {
    const { preferredName } = this.#options;
    if (preferredName !== undefined) return preferredName;
    const names = new Set(
      [...this.#slots.values()].filter(({ isWanted }) => isWanted).map(({ name }) => name),
    );
    const [only = null] = names;
    return names.size === 1 ? only : null;
  }

  /** Units that appeared are known from now on, those that are gone and not loaded are forgotten. */
  async look(): Promise<void> {
    const found = await this.#options.scan().catch(() => null);
    if (found === null) return;
    const ids = new Set(found.map(({ id }) => id));
    for (const [id, slot] of this.#slots) {
      if (!ids.has(id) && slot.isIdle) this.#slots.delete(id);
    }
    for (const unit of found) this.#slotOf(unit);
  }

  #slotOf(unit: ModelUnit): ModelSlot {
    const slot = this.#slots.get(unit.id) ?? new ModelSlot(unit);
    this.#slots.set(unit.id, slot);
    return slot;
  }

  #slotsOf(name: string): readonly ModelSlot[] {
    return [...this.#slots.values()].filter((slot) => slot.name === name);
  }

  #nameOf({ id, name }: ModelUnit): string | null {
    return name ?? this.#slots.get(id)?.name ?? null;
  }
}

/** The model that a unit is a version of. */
function groupOf(id: string): string {
  return id.split('/')[0]!;
}
