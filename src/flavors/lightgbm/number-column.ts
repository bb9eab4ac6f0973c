/** A column that fills its place in rows of float64, whatever number type it holds. */
import type { Column } from '../../data/frame.ts';
import type { PyValue } from '../../data/py-value.ts';
import type { Vector } from '../../data/vector.ts';
import { refuseInput } from './feature-matrix.ts';

/** Elements `start`, `start + stride`, … of a run of numbers. */
export interface NumberColumn {
  readonly values: ArrayLike<number>;
  readonly start: number;
  readonly stride: number;
}

/**
 * A column of a frame: integers, floats and booleans only. The whole frame becomes float32 or float64,
 * whichever holds all dtypes, so that only 64-bit integers can be rounded, to float64.
 * Source: LightGBM 4.7 basic.py `_data_from_pandas`, `_check_for_bad_pandas_dtypes`.
 * @throws PREDICT_FAILED for other dtypes
 */
export function frameColumn({ label, data }: Column): NumberColumn {
  const { dtype } = data;
  switch (dtype) {
    case 'int64':
    case 'uint64':
      return {
        values: Float64Array.from(data.values as BigInt64Array, Number),
        start: 0,
        stride: 1,
      };
    case 'object':
    case 'str':
    case 'bytes':
      break;
    default:
      if (!dtype.startsWith('datetime64'))
        return { values: data.values as ArrayLike<number>, start: 0, stride: 1 };
  }
  throw refuseInput(
    `Column ${JSON.stringify(label)} has the type ${dtype}; LightGBM needs int, float or bool.`,
    { column: label, actual: dtype, expected: 'int, float or bool' },
  );
}

/**
 * A column of an array. Arrays of float32 and float64 stay as they are; all others, text that is a number
 * included, are converted to float32. Source: LightGBM 4.7 basic.py `_np2d_to_np1d`.
 * @throws PREDICT_FAILED for an element that is no number
 */
export function arrayColumn(vector: Vector, start: number, stride: number): NumberColumn {
  const { dtype } = vector;
  if (dtype === 'float64' || dtype === 'float32' || dtype === 'float16') {
    return { values: vector.values, start, stride };
  }
  return {
    values: pick<PyValue>(vector.values, start, stride, toFloat32),
    start: 0,
    stride: 1,
  };
}

function pick<Element>(
  values: ArrayLike<Element>,
  start: number,
  stride: number,
  convert: (value: Element) => number,
): Float32Array {
  const result = new Float32Array(Math.ceil((values.length - start) / stride));
  for (let i = 0; i < result.length; i += 1) {
    result[i] = convert(values[start + i * stride] as Element);
  }
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

/** NumPy's `astype(float32)`: of an object or a text, Python's `float(value)`; None is NaN. */
function toFloat32(value: PyValue): number {
  if (value === null) return Number.NaN;
  if (typeof value === 'bigint') return integerToFloat32(value);
  if (typeof value === 'number' || typeof value === 'boolean') return Number(value);
  const text = value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value;
  if (typeof text === 'string') {
    const trimmed = text.trim();
    if (decimal.test(trimmed)) return Number(trimmed.replaceAll('_', ''));
    if (/^[+-]?nan$/i.test(trimmed)) return Number.NaN;
    if (/^[+-]?inf(inity)?$/i.test(trimmed)) return trimmed.startsWith('-') ? -Infinity : Infinity;
  }
  throw refuseInput('The array holds a value that is not a number.', {
    value: typeof value === 'string' ? value : typeof value,
    expected: 'number',
  });
}
