/** Type inference of one column of one chunk. Source: pandas 3.1 parsers.pyx _convert_tokens. */
import type { PyValue } from '../../data/py-value.ts';
import type { Vector } from '../../data/vector.ts';
import { readBooleans, readDoubles, readStrings } from './read-cells.ts';
import { readPythonIntegers, scanIntegers, type IntegerScan } from './scan-integers.ts';
import type { TokenTable } from './token-table.ts';

/**
 * The vector that pandas infers: int64 → uint64 → Python ints → float64 → bool → str, each only
 * when every cell fits; ints with missing cells are float64, booleans with missing cells object.
 */
export function inferColumn(table: TokenTable, column: number): Vector {
  const scan = scanIntegers(table, column);
  switch (scan.kind) {
    case 'int64':
      return widenMissing(scan);
    case 'uint64':
      return { dtype: 'uint64', values: scan.values };
    case 'conflict':
      return readStrings(table, column, 'literal');
    case 'overflow':
      return readPythonIntegers(table, column) ?? readStrings(table, column, 'literal');
    case 'invalid':
      return inferNonInteger(table, column);
  }
}

function widenMissing(scan: Extract<IntegerScan, { kind: 'int64' }>): Vector {
  if (scan.missing.length === 0) return { dtype: 'int64', values: scan.values };
  const values = Float64Array.from(scan.values, Number);
  for (const row of scan.missing) values[row] = NaN;
  return { dtype: 'float64', values };
}

function inferNonInteger(table: TokenTable, column: number): Vector {
  const doubles = readDoubles(table, column);
  if (doubles.badRow < 0) return { dtype: 'float64', values: doubles.values };
  const booleans = readBooleans(table, column);
  if (booleans === null) return readStrings(table, column, 'missing');
  if (booleans.missing.length === 0) return { dtype: 'bool', values: booleans.values };
  const values: PyValue[] = Array.from(booleans.values, (value) => value === 1);
  for (const row of booleans.missing) values[row] = NaN;
  return { dtype: 'object', values };
}
