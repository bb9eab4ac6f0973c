import { inferVector } from './infer-vector.ts';
import { isNumpyScalar, type PyValue } from './py-value.ts';
import type { Vector } from './vector.ts';

/** Can a float64 hold it? Above 2^53 not every integer. */
export function isExactInteger(value: bigint): boolean {
  return BigInt(Number(value)) === value;
}

/** As {@link inferVector}, but integers beside nulls or floats stay objects where a float64 would change them. */
export function inferExactly(values: readonly PyValue[]): Vector {
  const vector = inferVector(values);
  if (vector.dtype !== 'float64') return vector;
  const isExact = values.every((value) => {
    const number = isNumpyScalar(value) ? value.value : value;
    return typeof number !== 'bigint' || isExactInteger(number);
  });
  return isExact ? vector : { dtype: 'object', values };
}
