import { type NdArray, ndArray } from '../../data/nd-array.ts';
import { isPyList, type PyValue } from '../../data/py-value.ts';

/**
 * `np.array` of a list of rows of numbers; undefined for anything else, which LightGBM refuses.
 * Lists of numbers only are float64 where one of them is a float, else objects that become float32.
 */
export function arrayFromList(input: PyValue): NdArray | undefined {
  if (!isPyList(input) || input.length === 0 || !input.every(isPyList)) return undefined;
  const width = (input[0] as readonly PyValue[]).length;
  if (input.some((row) => row.length !== width)) return undefined;
  const values = input.flat() as readonly PyValue[];
  if (values.some((value) => isPyList(value) || (typeof value === 'object' && value !== null)))
    return undefined;
  const isNumeric = values.every((value) => /^(number|bigint|boolean)$/.test(typeof value));
  if (isNumeric && values.some((value) => typeof value === 'number')) {
    return ndArray({ dtype: 'float64', values: Float64Array.from(values, Number) }, [
      input.length,
      width,
    ]);
  }
  return ndArray({ dtype: 'object', values }, [input.length, width]);
}
