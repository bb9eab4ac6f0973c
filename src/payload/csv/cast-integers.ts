/** The integer types of {@link castColumn}. Source: pandas 3.1 parsers.pyx, astype(casting="safe"). */
import type { Vector } from '../../data/vector.ts';
import { cellError, type ColumnTarget, unsafeCast } from './column-target.ts';
import { csvError } from './csv-error.ts';
import { readBooleans, readDoubles } from './read-cells.ts';
import { scanIntegers } from './scan-integers.ts';
import { cellText, type TokenTable } from './token-table.ts';

const int32Max = 2n ** 31n - 1n;
const int64Limit = 2n ** 63n;

/** Integer text, whole floats, or all booleans; nothing missing, nothing out of range. */
export function castIntegers(table: TokenTable, target: ColumnTarget): Vector {
  const place = { column: target.name, expected: target.type };
  const scan = scanIntegers(table, target.position);
  switch (scan.kind) {
    case 'int64':
      if (scan.missing.length > 0) {
        const reason = `Integer column has NA values in column ${target.position}`;
        throw cellError(reason, table, target, scan.missing[0]!);
      }
      return narrow(scan.values, table, target);
    case 'uint64': {
      const bad = scan.values.findIndex((value) => value > int64Limit - 1n);
      throw cellError(unsafeCast(dtypeOf(target), 'uint64', target), table, target, bad);
    }
    case 'overflow':
      throw csvError('Overflow', place);
    case 'conflict':
      throw csvError('Cannot convert to numerical dtype', place);
    case 'invalid':
      return integersOfOtherTypes(table, target);
  }
}

function dtypeOf(target: ColumnTarget): 'int32' | 'int64' {
  return target.type === 'integer' ? 'int32' : 'int64';
}

function narrow(values: BigInt64Array, table: TokenTable, target: ColumnTarget): Vector {
  if (target.type === 'long') return { dtype: 'int64', values };
  const bad = values.findIndex((value) => value > int32Max || value < -int32Max - 1n);
  if (bad >= 0) throw cellError(unsafeCast('int32', 'int64', target), table, target, bad);
  return { dtype: 'int32', values: Int32Array.from(values, Number) };
}

function integersOfOtherTypes(table: TokenTable, target: ColumnTarget): Vector {
  const doubles = readDoubles(table, target.position);
  if (doubles.badRow < 0) return integersOfDoubles(doubles.values, table, target);
  const booleans = readBooleans(table, target.position);
  if (booleans === null) {
    const text = cellText(table, doubles.badRow, target.position);
    const reason = `invalid literal for int() with base 10: '${text}'`;
    throw cellError(reason, table, target, doubles.badRow);
  }
  if (booleans.missing.length > 0) {
    const reason = `${unsafeCast(dtypeOf(target), "<class 'numpy.bool'>", target)} due to NA values`;
    throw cellError(reason, table, target, booleans.missing[0]!);
  }
  return narrow(BigInt64Array.from(booleans.values, BigInt), table, target);
}

function integersOfDoubles(values: Float64Array, table: TokenTable, target: ColumnTarget): Vector {
  const limit = target.type === 'integer' ? 2 ** 31 : 2 ** 63;
  const bad = values.findIndex(
    (value) => !(Number.isInteger(value) && value < limit && value >= -limit),
  );
  if (bad >= 0) throw cellError(unsafeCast(dtypeOf(target), 'float64', target), table, target, bad);
  return narrow(BigInt64Array.from(values, BigInt), table, target);
}
