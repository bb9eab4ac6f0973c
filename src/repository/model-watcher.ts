/** Looks at where models come from in intervals, and loads what has changed beside what is served. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ModelChange, ModelUnit } from './model-change.ts';
import type { ModelSource } from './model-source.ts';

/** What a watcher needs. */
export interface ModelWatcherOptions {
  readonly intervalMs: number;
  /** What can be loaded now. */
  readonly scan: () => Promise<readonly ModelUnit[]>;
  readonly sourceOf: (unit: ModelUnit) => ModelSource;
  /** Should it be loaded, now that it has changed or appeared? */
  readonly shouldLoad: (unit: ModelUnit) => boolean;
  /** Carries out a change. @throws what loading threw */
  readonly change: (change: ModelChange) => Promise<void>;
  /** Hears what was done, and once of each failure, in a line for the log. */
  readonly report: (line: string, error?: unknown) => void;
}

/** What is known of a unit. */
interface Watched {
  unit: ModelUnit;
  source: ModelSource;
  /** Fingerprint that was loaded last, or tried. */
  tried: string | null;
  /** Another one, seen at the last look. */
  seen: string | null;
  /** Not there at the last look. */
  isMissed: boolean;
  isBusy: boolean;
  /** Message of the last look, where it failed. */
  failure: string | null;
  isFailureKnown: boolean;
}

/** Watches until it is stopped. */
export class ModelWatcher {
  readonly #options: ModelWatcherOptions;
  readonly #watched = new Map<string, Watched>();
  readonly #stop = new AbortController();
  readonly #changes = new Set<Promise<void>>();
  #scanFailure: string | null = null;
  #looking: Promise<void> = Promise.resolve();

  constructor(options: ModelWatcherOptions) {
    this.#options = options;
  }

  /** Takes note of what `units` are before they are loaded, so that no change in between is missed. */
  async note(units: readonly ModelUnit[]): Promise<void> {
    await Promise.all(
      units.map(async (unit) => {
        const watched = this.#watch(unit);
        watched.tried = await this.#versionOf(watched);
      }),
    );
  }

  /** Begins to look. */
  start(): void {
    this.#looking = this.#lookAgain();
  }

  /** Resolves when nothing is going on any more; give up what is being loaded before. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#looking;
    await Promise.all(this.#changes);
  }

  async #lookAgain(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await sleep(this.#options.intervalMs, undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await this.#look();
    }
  }

  async #look(): Promise<void> {
    const units = await this.#scan();
    if (units === null) return;
    const there = new Set(units.map(({ id }) => id));
    for (const watched of this.#watched.values()) {
      if (!there.has(watched.unit.id)) this.#miss(watched);
    }
    await Promise.all(units.map((unit) => this.#compare(this.#watch(unit))));
  }

  async #scan(): Promise<readonly ModelUnit[] | null> {
    try {
      const units = await this.#options.scan();
      this.#scanFailure = null;
      return units;
    } catch (error) {
      const message = messageOf(error);
      if (message !== this.#scanFailure) this.#options.report('cannot look for models', error);
      this.#scanFailure = message;
      return null;
    }
  }

  /** What is gone for two looks is unloaded: one may fall into the moment in which it is put in place anew. */
  #miss(watched: Watched): void {
    if (!watched.isMissed) {
      watched.isMissed = true;
      return;
    }
    const { id } = watched.unit;
    this.#watched.delete(id);
    this.#change({ load: [], unload: [id] }, watched, 'is gone, and unloaded');
  }

  async #compare(watched: Watched): Promise<void> {
    watched.isMissed = false;
    if (watched.isBusy) return;
    const version = await this.#versionOf(watched);
    const isNew = version !== null && version !== watched.tried;
    const isSettled = isNew && (!watched.source.settles || version === watched.seen);
    watched.seen = isNew ? version : null;
    if (!isSettled || this.#stop.signal.aborted) return;
    const done = watched.tried === null ? 'is new, and loaded' : 'has changed, and is loaded anew';
    watched.tried = version;
    const { unit } = watched;
    if (this.#options.shouldLoad(unit)) this.#change({ load: [unit], unload: [] }, watched, done);
  }

  /** Null while it cannot be told; that is reported once, when two looks have failed alike. */
  async #versionOf(watched: Watched): Promise<string | null> {
    try {
      const version = await watched.source.currentVersion(this.#stop.signal);
      watched.failure = null;
      return version;
    } catch (error) {
      const message = messageOf(error);
      if (message !== watched.failure) watched.isFailureKnown = false;
      else if (!watched.isFailureKnown && !this.#stop.signal.aborted) {
        watched.isFailureKnown = true;
        this.#options.report(`${watched.unit.uri} cannot be watched`, error);
      }
      watched.failure = message;
      return null;
    }
  }

  #change(change: ModelChange, watched: Watched, done: string): void {
    const { report } = this.#options;
    const { uri } = watched.unit;
    watched.isBusy = true;
    const changing = this.#options
      .change(change)
      .then(
        () => report(`${uri} ${done}`),
        (error: unknown) => {
          if (!this.#stop.signal.aborted) report(`${uri} has changed, but cannot be loaded`, error);
        },
      )
      .finally(() => {
        watched.isBusy = false;
        this.#changes.delete(changing);
      });
    this.#changes.add(changing);
  }

  #watch(unit: ModelUnit): Watched {
    const known = this.#watched.get(unit.id);
    if (known !== undefined) return known;
    const watched: Watched = {
      unit,
      source: this.#options.sourceOf(unit),
      tried: null,
      seen: null,
      isMissed: false,
      isBusy: false,
      failure: null,
      isFailureKnown: false,
    };
    this.#watched.set(unit.id, watched);
    return watched;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
