import type { PickledValue } from '../pickled-value.ts';

/** A pickler numbers its entries from 0 without gaps; others are kept apart, and only so many. */
const strayLimit = 100_000;

/** What a pickle has put aside by number. */
export class Memo {
  readonly #dense: PickledValue[] = [];
  readonly #stray = new Map<number, PickledValue>();

  /** The number that MEMOIZE gives to the next entry. */
  get size(): number {
    return this.#dense.length + this.#stray.size;
  }

  /** Keeps a value; false when too many numbers are out of order. */
  set(index: number, value: PickledValue): boolean {
    if (index === this.#dense.length && !this.#stray.has(index)) this.#dense.push(value);
    else if (index < this.#dense.length) this.#dense[index] = value;
    else this.#stray.set(index, value);
    return this.#stray.size <= strayLimit;
  }

  /** Finds a value; undefined if there is none. */
  get(index: number): PickledValue | undefined {
    return index < this.#dense.length ? this.#dense[index] : this.#stray.get(index);
  }
}
