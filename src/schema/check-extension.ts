/** What MLflow refuses of pandas' extension dtypes, where it takes the same values in a dtype of NumPy's. */
import type { Column } from '../data/frame.ts';
import type { ValueType } from '../model/signature.ts';
import { numpyNameOfType } from './numpy-types.ts';
import { schemaMismatch } from './schema-mismatch.ts';

/**
 * Categories fit no type; masked int64 is no float, not even of zeros and ones; masked booleans must all be there. The
 * rest is as in the dtypes of NumPy's. Source: MLflow 3.17.2 models/utils.py `_enforce_mlflow_datatype`.
 *
 * @throws SCHEMA_ENFORCEMENT_FAILED
 */
export function checkExtension(
  { data, extension = '' }: Column,
  type: ValueType,
  column: string | number,
): void {
  if (type.kind !== 'scalar') return;
  const isFloat = type.type === 'float' || type.type === 'double';
  const isWide = extension === 'Int64' || extension === 'UInt64';
  const hasGaps = extension === 'boolean' && data.dtype !== 'bool';
  if (extension !== 'category' && !(isWide && isFloat) && !hasGaps) return;
  throw schemaMismatch(
    `Incompatible input types for column ${column}. Can not safely convert ${extension} to ${numpyNameOfType[type.type]}.`,
    { column, expectedType: type.type },
  );
}
