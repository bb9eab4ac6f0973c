/** Input tensors of a session, kept from call to call: an array that the library has seen costs memory outside of V8's heap. */
import type { Tensor, TensorValues, Tensors } from './load-runtime.ts';
import type { TensorParts } from './to-tensor.ts';

/** Largest tensor that is kept, in elements: of more, the run takes longer than what is saved. */
const mostElements = 4096;

/** What {@link InputTensors} is made of. */
export interface InputTensorsOptions {
  readonly Tensor: new (type: Tensor['type'], data: TensorValues, dims: Tensor['dims']) => Tensor;
  /** An input that is an output too is not kept: the answer could share its memory. */
  readonly outputNames: readonly string[];
}

/** Makes tensors for one call at a time; they hold what they were given until the next call. */
export class InputTensors {
  readonly #options: InputTensorsOptions;
  #kept: Tensors = {};

  constructor(options: InputTensorsOptions) {
    this.#options = options;
  }

  /** Tensors with the values of `feeds`: those of the last call where types and shapes are the same. */
  load(feeds: Tensors<TensorParts>): Tensors {
    if (!this.#fits(feeds)) return this.#make(feeds);
    for (const name in feeds) {
      const { data } = feeds[name] as TensorParts;
      (this.#kept[name] as { data: Uint8Array }).data.set(data as Uint8Array);
    }
    return this.#kept;
  }

  #fits(feeds: Tensors<TensorParts>): boolean {
    for (const name in this.#kept) if (!Object.hasOwn(feeds, name)) return false;
    for (const name in feeds) {
      const kept = this.#kept[name];
      if (kept === undefined || !isAlike(kept, feeds[name] as TensorParts)) return false;
    }
    return true;
  }

  #make(feeds: Tensors<TensorParts>): Tensors {
    const { Tensor, outputNames } = this.#options;
    const tensors: Record<string, Tensor> = {};
    let mayKeep = true;
    for (const name in feeds) {
      const { type, data, dims } = feeds[name] as TensorParts;
      const isSmall = data.length <= mostElements && !outputNames.includes(name);
      // The caller's array is not ours to write to.
      const own = isSmall && ArrayBuffer.isView(data) ? data.slice() : data;
      const tensor = new Tensor(type, own, dims);
      tensors[name] = tensor;
      mayKeep &&= own !== data && tensor.data === own;
    }
    this.#kept = mayKeep ? tensors : {};
    return tensors;
  }
}

function isAlike(kept: TensorParts, given: TensorParts): boolean {
  if (kept.type !== given.type || kept.data.length !== given.data.length) return false;
  const { dims } = kept;
  if (dims.length !== given.dims.length) return false;
  for (let i = 0; i < dims.length; i += 1) if (dims[i] !== given.dims[i]) return false;
  return true;
}
