/** What the scikit-learn API makes of its input before the Booster sees it. */
import { isNdArray, type NdArray, ndArray } from '../../../data/nd-array.ts';
import { isPyList, type PyValue } from '../../../data/py-value.ts';
import type { ScoringInput } from '../../../data/scoring-data.ts';
import { refuseInput } from '../feature-matrix.ts';
import { toFloat64 } from './to-float64.ts';

/**
 * Tables pass as they are. Arrays and lists go through scikit-learn's `check_array`: text is refused,
 * objects become float64, missing and infinite values pass. Source: LightGBM 4.7 sklearn.py
 * `LGBMModel.predict`, scikit-learn 1.9 utils/validation.py `validate_data`.
 *
 * @throws PREDICT_FAILED where scikit-learn refuses
 */
export function checkInput(input: ScoringInput): ScoringInput {
  if (isNdArray(input)) return checkArray(input);
  if (isPyList(input)) return checkList(input);
  return input;
}

function checkArray(array: NdArray): NdArray {
  const { data, shape } = array;
  if (data.dtype === 'str' || data.dtype === 'bytes') throw refuseText();
  if (shape.length === 2 && shape[0] === 0) {
    throw refuseInput('The array has no rows; scikit-learn needs at least one.', { shape });
  }
  if (data.dtype !== 'object') return array;
  return ndArray({ dtype: 'float64', values: Float64Array.from(data.values, toFloat64) }, shape);
}

/** `np.array` of a list that holds text is an array of text, one that holds None an array of objects. */
function checkList(list: readonly PyValue[]): ScoringInput {
  const values = list.flatMap((row): readonly PyValue[] => (isPyList(row) ? row : [row]));
  if (values.some((value) => typeof value === 'string')) throw refuseText();
  if (!values.includes(null)) return list;
  return list.map((row) => (isPyList(row) ? row.map(missingToNan) : row));
}

/** With a float in it, a list of numbers is float64. */
function missingToNan(value: PyValue): PyValue {
  return value === null ? Number.NaN : value;
}

function refuseText(): Error {
  return refuseInput('The array holds text; scikit-learn needs numbers.', { expected: 'number' });
}
