/** A column that fills its place in rows of float32, whatever number type it holds. */
import type { PyValue } from '../../data/py-value.ts';
import type { Vector } from '../../data/vector.ts';
import { slipwayError } from '../../errors/slipway-error.ts';

/** Elements `start`, `start + stride`, … of a run of numbers; a store into float32 rounds as a C cast. */
export interface NumberColumn {
  readonly values: ArrayLike<number>;
  readonly start: number;
  readonly stride: number;
}

/**
 * Numbers and booleans as they are; 64-bit integers and objects converted to float32 (a copy of the
 * elements in question); undefined for text, bytes and dates.
 * @throws PREDICT_FAILED for an object that is no number
 */
export function toNumberColumn(
  vector: Vector,
  start: number,
  stride: number,
): NumberColumn | undefined {
  switch (vector.dtype) {
    case 'str':
    case 'bytes':
      return undefined;
    case 'int64':
    case 'uint64':
      return { values: pick(vector.values, start, stride, integerToFloat32), start: 0, stride: 1 };
    case 'object':
      return { values: pick(vector.values, start, stride, objectToFloat32), start: 0, stride: 1 };
    default:
      return vector.dtype.startsWith('datetime64')
        ? undefined
        : { values: vector.values as ArrayLike<number>, start, stride };
  }
}

function pick<Element>(
  values: ArrayLike<Element>,
  start: number,
  stride: number,
  convert: (value: Element) => number,
): Float32Array {
  const result = new Float32Array(Math.ceil((values.length - start) / stride));
  for (let i = 0; i < result.length; i += 1)
    result[i] = convert(values[start + i * stride] as Element);
  return result;
}

const exactLimit = 2n ** 53n;

/** One rounding from integer to float32, as a C cast; through double it would be two. */
function integerToFloat32(value: bigint): number {
  if (value >= -exactLimit && value <= exactLimit) return Number(value);
  const sticky = (value & 0xfffn) === 0n ? 0n : 1n;
  return Number((value >> 12n) | sticky) * 4096;
}

const decimal = /^[+-]?(\d+(_\d+)*\.?(\d+(_\d+)*)?|\.\d+(_\d+)*)(e[+-]?\d+(_\d+)*)?$/i;

/** NumPy's `astype(float32)` of an object: Python's `float(value)`, None is NaN. */
function objectToFloat32(value: PyValue): number {
  if (value === null) return Number.NaN;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return Number(value);
  if (typeof value === 'string') {
    const text = value.trim();
    if (decimal.test(text)) return Number(text.replaceAll('_', ''));
    if (/^[+-]?nan$/i.test(text)) return Number.NaN;
    if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  }
  throw slipwayError('PREDICT_FAILED', 'The array holds a value that is not a number.', {
    details: { value: typeof value === 'string' ? value : typeof value, expected: 'number' },
  });
}
