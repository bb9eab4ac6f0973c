/** Work on one name is done in the order in which it was asked for, one after another; on different names at once. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Does `work` when its turn has come; what it throws is the caller's alone. */
  take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#last.set(name, mine);
    const forget = (): void => {
      if (this.#last.get(name) === mine) this.#last.delete(name);
    };
    mine.then(forget, forget);
    return mine;
  }
}
