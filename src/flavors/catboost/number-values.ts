/** A column of the input as float32, whatever it holds. Source: CatBoost 1.2 _catboost.pyx `create_num_factor_data`, `_FloatOrNan`. */
import { NOT_A_TIME } from '../../data/dtype.ts';
import { isNdArray } from '../../data/nd-array.ts';
import { isNumpyScalar, type PyValue } from '../../data/py-value.ts';
import type { DatetimeVector } from '../../data/vector.ts';
import { isDatetimeVector } from '../../data/vector-values.ts';
import { type InputTable, refuseInput } from './input-table.ts';
import { parseNumber } from './parse-number.ts';

/** Elements `start`, `start + stride`, …; a store into float32 rounds as a C cast. */
export interface NumberValues {
  readonly values: ArrayLike<number>;
  readonly start: number;
  readonly stride: number;
}

/**
 * Numbers of the column at position `at`.
 * @throws PREDICT_FAILED for anything that is not one
 */
export function numberValues(table: InputTable, at: number): NumberValues {
  const { vector, start, stride } = table.columns[at] as InputTable['columns'][number];
  switch (vector.dtype) {
    case 'int64':
    case 'uint64':
      return copied(table, (row) => {
        const value = vector.values[start + row * stride] as bigint;
        return table.isByColumn ? integerToFloat32(value) : Number(value);
      });
    case 'str':
    case 'bytes':
    case 'object':
      return copied(table, (row) => {
        const value = vector.values[start + row * stride] ?? null;
        const number = objectNumber(value);
        if (number === undefined) throw refuseValue(table, at, row, value);
        return number;
      });
    default:
      if (isDatetimeVector(vector)) {
        return copied(table, (row) => {
          const ticks = vector.values[start + row * stride] ?? NOT_A_TIME;
          if (!isNumber(vector, ticks)) throw refuseValue(table, at, row, vector.dtype);
          return table.isByColumn ? integerToFloat32(ticks) : Number(ticks);
        });
      }
      return { values: vector.values, start, stride };
  }
}

/** `float(value)` of NumPy's datetimes is the number of nanoseconds, and nothing in other units. */
function isNumber({ dtype, timeZone }: DatetimeVector, ticks: bigint): boolean {
  return dtype === 'datetime64[ns]' && timeZone === undefined && ticks !== NOT_A_TIME;
}

function copied({ rowCount }: InputTable, read: (row: number) => number): NumberValues {
  const values = new Float32Array(rowCount);
  for (let row = 0; row < rowCount; row += 1) values[row] = read(row);
  return { values, start: 0, stride: 1 };
}

function refuseValue({ names }: InputTable, at: number, row: number, value: PyValue): Error {
  const name = names?.[at] ?? at;
  const shown = typeof value === 'string' ? value : typeof value;
  return refuseInput(`Row ${row}, column ${JSON.stringify(name)}: the value is not a number.`, {
    row,
    column: name,
    value: shown,
    expected: 'a number',
  });
}

const exactLimit = 2n ** 53n;

/** One rounding from integer to float32, as a C cast; through double it would be two. */
function integerToFloat32(value: bigint): number {
  if (value >= -exactLimit && value <= exactLimit) return Number(value);
  const sticky = (value & 0xfffn) === 0n ? 0n : 1n;
  return Number((value >> 12n) | sticky) * 4096;
}

function objectNumber(value: PyValue): number | undefined {
  if (value === null) return Number.NaN;
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'bigint') {
    // Python refuses an int that is too large for a float.
    const number = Number(value);
    return Number.isFinite(number) ? number : undefined;
  }
  if (typeof value === 'string') return parseNumber(value);
  if (value instanceof Uint8Array) return parseNumber(Buffer.from(value).toString('latin1'));
  if (isNumpyScalar(value)) return Number(value.value);
  if (isNdArray(value) && value.shape.length === 0) return scalarNumber(value.data.values[0]);
  return undefined;
}

function scalarNumber(value: unknown): number | undefined {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined;
}
