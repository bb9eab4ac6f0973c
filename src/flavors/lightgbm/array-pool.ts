/** Elements of a slab. */
const slabLength = 1 << 16;

/**
 * Hands out arrays as parts of large ones. A model has hundreds of thousands of short arrays; each with a buffer
 * of its own would cost more than what it holds.
 */
export class ArrayPool {
  #integers = new Int32Array(0);
  #doubles = new Float64Array(0);
  #bytes = new Uint8Array(0);
  #temporary = new Int32Array(0);

  /** Zeros. */
  int32(length: number): Int32Array {
    if (length > this.#integers.length) this.#integers = new Int32Array(slabFor(length));
    const taken = this.#integers.subarray(0, length);
    this.#integers = this.#integers.subarray(length);
    return taken;
  }

  /** Zeros. */
  float64(length: number): Float64Array {
    if (length > this.#doubles.length) this.#doubles = new Float64Array(slabFor(length));
    const taken = this.#doubles.subarray(0, length);
    this.#doubles = this.#doubles.subarray(length);
    return taken;
  }

  /** Zeros. */
  uint8(length: number): Uint8Array {
    if (length > this.#bytes.length) this.#bytes = new Uint8Array(slabFor(length));
    const taken = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return taken;
  }

  /** Any values; the array is the caller's until the next call. */
  temporary(length: number): Int32Array {
    if (length > this.#temporary.length) this.#temporary = new Int32Array(slabFor(length));
    return this.#temporary.subarray(0, length);
  }
}

function slabFor(length: number): number {
  return Math.max(length, slabLength);
}
