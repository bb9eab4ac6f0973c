/** The compiled form of a binned ensemble: what scores rows. */
import { slipwayError } from '../../errors/slipway-error.ts';
import { AddressRange } from '../plan/layout.ts';
import { Arena } from './arena.ts';
import type { BinnedEnsemble } from './binned-ensemble.ts';
import {
  instantiateObliviousKernel,
  maxMemoryPages,
  type ObliviousExports,
} from './oblivious-instance.ts';
import { type PlacedPlan, writePlan } from './write-plan.ts';

const pageBytes = 65_536;
/** Most bytes of a plan; the rest of the 4 GiB is for rows. */
const mostPlanBytes = 3 * 2 ** 30;

/** Room for rows: columns of 4-byte values, `stride` elements apart. */
export interface BinnedRows {
  readonly floats: Float32Array;
  readonly categories: Int32Array;
  readonly stride: number;
}

/** Scores rows with one binned ensemble, on this thread. */
export class BinnedKernel {
  readonly ensemble: BinnedEnsemble;
  readonly #memory: WebAssembly.Memory;
  readonly #kernel: ObliviousExports;
  readonly #plan: PlacedPlan;
  readonly #range: AddressRange;
  readonly #scratch: number;
  #rows = { capacity: 0, floats: 0, categories: 0, out: 0 };
  #text: { readonly address: number; readonly bytes: Buffer } = {
    address: 0,
    bytes: Buffer.alloc(0),
  };
  #views: BinnedRows | undefined;

  /** @throws MODEL_NOT_NATIVE for an ensemble that is too large */
  constructor(ensemble: BinnedEnsemble) {
    const arena = new Arena();
    this.#plan = writePlan(ensemble, arena);
    if (arena.end > mostPlanBytes) {
      const reason = `its trees take ${arena.end} bytes, more than ${mostPlanBytes}`;
      throw slipwayError('MODEL_NOT_NATIVE', `The model can't be scored natively: ${reason}.`, {
        details: { reason },
      });
    }
    this.ensemble = ensemble;
    const initial = Math.ceil(arena.end / pageBytes);
    this.#memory = new WebAssembly.Memory({ initial, maximum: maxMemoryPages, shared: true });
    arena.writeTo(this.#memory.buffer);
    this.#kernel = instantiateObliviousKernel(this.#memory);
    this.#range = new AddressRange(arena.end);
    this.#scratch = this.#take(this.#plan.scratchBytes);
  }

  /**
   * Room for `rowCount` rows, to be filled in place: `floats` holds a column a feature, `categories` one a category
   * column. Valid until the next call of this method or of `hashText`.
   */
  rowBuffer(rowCount: number): BinnedRows {
    if (rowCount > this.#rows.capacity) this.#reserve(rowCount);
    this.#views ??= this.#viewRows();
    return this.#views;
  }

  /**
   * Sums [rowCount × outputs] of the rows in the buffer, added in the order of the trees, from 0.
   *
   * @param target where they are stored, from element `at` on; default: a fresh array of that size
   */
  predict(
    rowCount: number,
    target: Float64Array = new Float64Array(rowCount * this.ensemble.outputCount),
    at = 0,
  ): Float64Array {
    const { capacity, floats, categories, out } = this.#rows;
    if (rowCount > capacity) throw new RangeError(`Only ${capacity} rows fit the buffer.`);
    const { address } = this.#plan;
    const stride = capacity * 4;
    this.#kernel.predict(address, this.#scratch, floats, categories, stride, rowCount, out);
    const length = rowCount * this.ensemble.outputCount;
    target.set(new Float64Array(this.#memory.buffer, out, length), at);
    return target;
  }

  /** Name of a category in the matrix of categories: the low half of CityHash64 of its UTF-8 bytes, signed. */
  hashText(text: string): number {
    if (text.length * 3 > this.#text.bytes.length) this.#reserveText(text.length * 3);
    const length = this.#text.bytes.write(text, 'utf8');
    return this.#kernel.hashText(this.#text.address, length) | 0;
  }

  #reserve(rowCount: number): void {
    const capacity = Math.ceil(Math.max(rowCount, this.#rows.capacity * 2) / 128) * 128;
    const { features, categoryColumnCount, outputCount } = this.ensemble;
    this.#rows = {
      capacity,
      floats: this.#take(capacity * features.length * 4),
      categories: this.#take(capacity * categoryColumnCount * 4),
      out: this.#take(capacity * outputCount * 8),
    };
    this.#views = undefined;
  }

  #viewRows(): BinnedRows {
    const { buffer } = this.#memory;
    const { capacity, floats, categories } = this.#rows;
    const { features, categoryColumnCount } = this.ensemble;
    return {
      floats: new Float32Array(buffer, floats, capacity * features.length),
      categories: new Int32Array(buffer, categories, capacity * categoryColumnCount),
      stride: capacity,
    };
  }

  #reserveText(sizeBytes: number): void {
    const size = Math.max(1024, sizeBytes * 2);
    const address = this.#take(size);
    this.#text = { address, bytes: Buffer.from(this.#memory.buffer, address, size) };
  }

  #take(sizeBytes: number): number {
    const address = this.#range.take(sizeBytes);
    const missing = Math.ceil((this.#range.end - this.#memory.buffer.byteLength) / pageBytes);
    if (missing > 0) this.#memory.grow(missing);
    return address;
  }
}
