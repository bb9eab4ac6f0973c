/**
 * What can be done to the models of a server, as plain data: a supervisor sends it to several processes, each of
 * which has a repository of its own, so that they change together or not at all.
 */

/** One version of one model, and where it is opened from. */
export interface ModelUnit {
  /**
   * Names the unit for as long as the server runs, also before its model says what it is called. Versions of one model
   * share what stands before the first slash.
   */
  readonly id: string;
  /** Folder or URI; opened anew at every load. */
  readonly uri: string;
  /** Name under `/v2/models`. Null: what the model says of itself. */
  readonly name: string | null;
  /** Version there. Null: what the model says of itself. */
  readonly version: string | null;
}

/** Units that are loaded, beside what they replace, and ids of those that go. All of it or nothing. */
export interface ModelChange {
  readonly load: readonly ModelUnit[];
  readonly unload: readonly string[];
}

/**
 * A change in two phases, for one process; arguments and results are plain data. Whoever makes a change calls `prepare`
 * everywhere and then `commit` everywhere; or, where one `prepare` fails, `discard` where it did not, and
 * `refuse` everywhere.
 */
export interface TwoPhaseRepository {
  /**
   * Loads and warms up, beside what is served; nothing of it answers yet.
   *
   * @returns a ticket for {@link commit} or {@link discard}
   * @throws the codes of opening a model; then nothing has been kept
   */
  prepare(change: ModelChange): Promise<string>;
  /**
   * From the next request on the new models answer. Those that were replaced finish in the background what they have
   * in hand; for those that are unloaded this waits.
   */
  commit(ticket: string): Promise<void>;
  /** Closes what was prepared. */
  discard(ticket: string): Promise<void>;
  /** Notes in the index why the change came to nothing; what was served goes on. */
  refuse(change: ModelChange, reason: string): void;
  /** Not ready from now on, and nothing is loaded any more; requests are answered as before. */
  beginStop(): void;
}

/** Carries out a change, in this process or in all of them. @throws what a `prepare` threw */
export type ApplyChange = (change: ModelChange) => Promise<void>;
