/** A buffer of numbers from a worker → a vector over the same memory. */
import type { Dtype } from '../../data/dtype.ts';
import type { Vector } from '../../data/vector.ts';
import { slipwayError } from '../../errors/slipway-error.ts';

type Numbers = ArrayBufferView & { readonly length: number };

interface NumbersConstructor {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): Numbers;
}

/** `float16` comes widened. */
const constructors: Readonly<Partial<Record<Dtype, NumbersConstructor>>> = {
  bool: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  float16: Float32Array,
  float32: Float32Array,
  float64: Float64Array,
};

const datetime = /^datetime64\[(?:ns|us|ms|s|m|h|D)\]$/;

/** @throws WORKER_PROTOCOL for an unknown dtype or a buffer of another size */
export function decodeNumbers(dtype: string, data: Uint8Array, count: number): Vector {
  const type = datetime.test(dtype) ? BigInt64Array : constructors[dtype as Dtype];
  if (type === undefined || data.length !== count * type.BYTES_PER_ELEMENT) {
    throw slipwayError(
      'WORKER_PROTOCOL',
      `A worker process answered with ${data.length} bytes for ${count} values of ${dtype.slice(0, 40)}.`,
    );
  }
  const isAligned = data.byteOffset % type.BYTES_PER_ELEMENT === 0;
  const { buffer, byteOffset } = isAligned ? data : data.slice();
  return { dtype, values: new type(buffer, byteOffset, count) } as unknown as Vector;
}
