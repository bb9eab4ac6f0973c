/** Sets of categories that splits ask of a feature, as sets of small codes. */
import { slipwayError } from '../../errors/slipway-error.ts';

/**
 * Everything asked of one categorical feature. A value's code is its place among `categories`; the
 * next code stands for all other values, and the one after it for a missing value.
 */
export interface CategorySource {
  readonly feature: number;
  /** Categories of any of the sets, ascending. */
  readonly categories: Float64Array;
  readonly setCount: number;
  /** Codes that go right, a bit each: [sets × {@link setBytes}]. */
  readonly bits: Uint8Array;
}

/** Categories that leave room for the two other codes in two bytes. */
const mostCategories = 65_533;
/** Most bytes of the sets of a feature. */
const mostBytes = 2 ** 30;

/** Bytes of one set. */
export function setBytes(categories: Float64Array): number {
  return (categories.length + 2 + 7) >> 3;
}

/** Gathers the sets of one feature; equal ones are kept once. */
export class CategorySets {
  readonly #feature: number;
  readonly #numbers = new Map<string, number>();
  readonly #members: Uint32Array[] = [];
  readonly #missingRight: boolean[] = [];

  constructor(feature: number) {
    this.#feature = feature;
  }

  /** Number of a set, counted by feature. */
  add(categories: Uint32Array, missingRight: boolean): number {
    const sorted = categories.toSorted();
    const key = `${missingRight ? 1 : 0}:${sorted.join()}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#members.length);
    this.#members.push(sorted);
    this.#missingRight.push(missingRight);
    return this.#members.length - 1;
  }

  /** @throws MODEL_NOT_NATIVE where the codes don't fit two bytes, or the sets memory */
  finish(): CategorySource {
    const distinct = new Set<number>();
    for (const members of this.#members) for (const category of members) distinct.add(category);
    const categories = Float64Array.from(distinct).toSorted();
    const stride = setBytes(categories);
    const bytes = stride * this.#members.length;
    if (categories.length > mostCategories || bytes > mostBytes) throw this.#tooMany(categories);
    const codes = new Map(Array.from(categories, (category, code) => [category, code] as const));
    const bits = new Uint8Array(bytes);
    for (const [set, members] of this.#members.entries()) {
      const start = set * stride;
      for (const category of members) setBit(bits, start, codes.get(category) as number);
      if (this.#missingRight[set] === true) setBit(bits, start, categories.length + 1);
    }
    return { feature: this.#feature, categories, setCount: this.#members.length, bits };
  }

  #tooMany(categories: Float64Array): Error {
    return slipwayError(
      'MODEL_NOT_NATIVE',
      `The trees ask feature ${this.#feature} for ${this.#members.length} sets of ${categories.length} categories, more than the native kernel takes.`,
      { details: { feature: this.#feature, categories: categories.length } },
    );
  }
}

function setBit(bits: Uint8Array, start: number, code: number): void {
  const at = start + (code >> 3);
  bits[at] = (bits[at] as number) | (1 << (code & 7));
}
