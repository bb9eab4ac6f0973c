/**
 * Categories → the text that CatBoost hashes: integers in decimal, booleans as 0 and 1, strings as they are.
 * Source: CatBoost 1.2 _catboost.pyx `get_id_object_bytes_string_representation`.
 */
import { isNumpyScalar, type PyValue } from '../../data/py-value.ts';
import { elementAt } from '../../data/vector-values.ts';
import { type InputColumn, type InputTable, refuseInput } from './input-table.ts';

/** Python can't encode it as UTF-8. */
const loneSurrogate = /\p{Surrogate}/u;

const smallest = -(2n ** 63n);
const largest = 2n ** 63n - 1n;

/**
 * Text of one element, where `isMissing` values of a str column are NaN, as in pandas.
 *
 * @returns undefined for what CatBoost refuses: floats, None, NaN, dates, integers beyond 64 bits
 */
export function categoryText(value: PyValue): string | undefined {
  if (typeof value === 'string') return loneSurrogate.test(value) ? undefined : value;
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'bigint') {
    return value >= smallest && value <= largest ? String(value) : undefined;
  }
  if (isNumpyScalar(value)) {
    return value.dtype.startsWith('float') ? undefined : categoryText(value.value);
  }
  return undefined;
}

/** Reads the categories of a column, row by row. @throws PREDICT_FAILED */
export function categoryReader(
  column: InputColumn,
  name: string | number,
  table: InputTable,
): (row: number) => string {
  const { vector, start, stride } = column;
  if (table.names === null && vector.dtype.startsWith('float')) {
    throw refuseInput(
      'An array of floats has no categories; send a table, or an array of objects.',
    );
  }
  const isUnsigned = vector.dtype === 'uint64';
  return (row) => {
    const value = elementAt(vector, start + row * stride);
    const text = isUnsigned ? `${value as bigint}` : categoryText(value);
    if (text !== undefined) return text;
    throw refuseInput(
      `Row ${row}, column ${JSON.stringify(name)}: a category is a string, an integer or a boolean; convert other values to strings.`,
      { row, column: name, expected: 'a string, an integer or a boolean' },
    );
  };
}
