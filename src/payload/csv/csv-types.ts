/** Which type each column of a CSV is read as. Source: mlflow parse_csv_input 3.17.2, pandas `dtype` dicts. */
import type { ScalarType, Schema, Signature, ValueType } from '../../model/signature.ts';
import { csvError } from './csv-error.ts';

/** Types by name (named schema) and by position (unnamed schema). */
export interface CsvTypes {
  readonly byName: ReadonlyMap<string, ScalarType>;
  /** Index: position in the file, index columns included. */
  readonly byPosition: readonly ScalarType[];
}

/** No types: everything is inferred. */
export const inferEverything: CsvTypes = { byName: new Map(), byPosition: [] };

/**
 * The types of a signature, as MLflow passes them to `read_csv`. A signature from a type hint
 * counts too.
 *
 * @throws INVALID_INPUT for tensors and nested types: MLflow cannot read CSV for them
 */
export function csvTypesOf(signature: Signature | null): CsvTypes {
  const schema = signature?.inputs;
  if (schema === undefined || schema === null) return inferEverything;
  if (schema.kind === 'tensors') {
    throw csvError('TensorSpec only supports numpy types, use numpy_types() instead');
  }
  const byName = new Map<string, ScalarType>();
  const byPosition: ScalarType[] = [];
  schema.columns.forEach((spec, position) => {
    const type = scalarTypeOf(spec.type);
    if (spec.name === undefined || spec.name === '') byPosition[position] = type;
    else byName.set(spec.name, type);
  });
  return { byName, byPosition };
}

/** True when every column is of a scalar type, so that CSV can be read by the signature. */
export function isCsvSchema(schema: Schema): boolean {
  return schema.kind === 'columns' && schema.columns.every((spec) => spec.type.kind === 'scalar');
}

function scalarTypeOf(type: ValueType): ScalarType {
  if (type.kind === 'scalar') return type.type;
  throw csvError(`columns of type ${type.kind} have no pandas type and cannot be read from CSV`);
}
