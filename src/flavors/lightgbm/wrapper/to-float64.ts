import { isNumpyScalar, type PyValue } from '../../../data/py-value.ts';
import { refuseInput } from '../feature-matrix.ts';

const decimal =
  /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?$/i;
const special = /^([+-]?)(nan|inf|infinity)$/i;

/** NumPy's `astype(float64)` of an object: Python's `float(value)`, and None is NaN. @throws PREDICT_FAILED */
export function toFloat64(value: PyValue): number {
  if (value === null) return Number.NaN;
  if (isNumpyScalar(value)) return Number(value.value);
  if (typeof value === 'boolean' || typeof value === 'number') return Number(value);
  if (typeof value === 'bigint') return finite(Number(value));
  const number = typeof value === 'string' ? parseFloatText(value.trim()) : undefined;
  if (number === undefined) {
    throw refuseInput('The array holds a value that is not a number.', { expected: 'number' });
  }
  return number;
}

/** Python raises OverflowError where an integer is beyond float64. */
function finite(value: number): number {
  if (Number.isFinite(value)) return value;
  throw refuseInput('The array holds an integer that is too large for a float.', {
    expected: 'number',
  });
}

function parseFloatText(text: string): number | undefined {
  if (decimal.test(text)) return Number(text.replaceAll('_', ''));
  const match = special.exec(text);
  if (match === null) return undefined;
  if (match[2]?.toLowerCase() === 'nan') return Number.NaN;
  return match[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
