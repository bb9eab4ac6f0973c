/**
 * pandas' `Series.astype` to a NumPy dtype: C casts between numbers, per-element conversion from text and objects.
 * Source: pandas 3.1 core/dtypes/astype.py, NumPy 2.4 on x86-64.
 */
import type { Dtype } from '../../data/dtype.ts';
import type { PyValue } from '../../data/py-value.ts';
import type { Vector } from '../../data/vector.ts';
import { vectorValues } from '../../data/vector-values.ts';
import { pythonStr } from '../../data/python-repr.ts';
import { castFloats } from './cast-floats.ts';
import { castIntegers } from './cast-integers.ts';
import { packValues, type RowCursor } from './pack-values.ts';

/**
 * Casts a column. `cursor.row` is the row at which it failed.
 * @throws INVALID_INPUT with Python's text
 */
export function castVector(vector: Vector, dtype: Dtype, cursor: RowCursor): Vector {
  if (vector.dtype === dtype) return vector;
  if (dtype === 'object') return { dtype, values: vectorValues(vector) };
  if (dtype === 'str') {
    return { dtype: 'object', values: vectorValues(vector).map((value) => pythonStr(value)) };
  }
  switch (vector.dtype) {
    case 'float16':
    case 'float32':
    case 'float64':
      return castFloats(vector.values, dtype, cursor) ?? pack(vector, dtype, cursor);
    case 'bool':
    case 'int8':
    case 'int16':
    case 'int32':
    case 'int64':
    case 'uint8':
    case 'uint16':
    case 'uint32':
    case 'uint64':
      return castIntegers(vector.values, dtype) ?? pack(vector, dtype, cursor);
    default:
      return pack(vector, dtype, cursor);
  }
}

function pack(vector: Vector, dtype: Dtype, cursor: RowCursor): Vector {
  const values: readonly PyValue[] = vectorValues(vector);
  return packValues(values, dtype, cursor);
}
