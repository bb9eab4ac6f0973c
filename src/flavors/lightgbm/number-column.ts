/** A column that fills its place in rows of float64, whatever number type it holds. */
import type { Column } from '../../data/frame.ts';
import type { PyValue } from '../../data/py-value.ts';
import { convertToFloat32, integerToFloat32, pythonFloat } from '../../data/to-float32.ts';
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
  const values =
    dtype === 'int64' || dtype === 'uint64'
      ? convertToFloat32(vector.values, start, stride, integerToFloat32)
      : convertToFloat32<PyValue>(vector.values, start, stride, numberOf);
  return { values, start: 0, stride: 1 };
}

/** Bytes are text to NumPy, too. */
function numberOf(value: PyValue): number {
  const text = value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value;
  const number = pythonFloat(text);
  if (number !== null) return number;
  throw refuseInput('The array holds a value that is not a number.', {
    value: typeof value === 'string' ? value : typeof value,
    expected: 'number',
  });
}
