/** A column that fills its place in rows of float32, whatever number type it holds. */
import type { PyValue } from '../../data/py-value.ts';
import { convertToFloat32, integerToFloat32, pythonFloat } from '../../data/to-float32.ts';
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
      return whole(convertToFloat32(vector.values, start, stride, integerToFloat32));
    case 'object':
      return whole(convertToFloat32(vector.values, start, stride, numberOf));
    default:
      return vector.dtype.startsWith('datetime64')
        ? undefined
        : { values: vector.values as ArrayLike<number>, start, stride };
  }
}

function whole(values: Float32Array): NumberColumn {
  return { values, start: 0, stride: 1 };
}

function numberOf(value: PyValue): number {
  const number = pythonFloat(value);
  if (number !== null) return number;
  throw slipwayError('PREDICT_FAILED', 'The array holds a value that is not a number.', {
    details: { value: typeof value === 'string' ? value : typeof value, expected: 'number' },
  });
}
