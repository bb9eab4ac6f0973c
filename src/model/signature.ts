/** The signature of a model: what its inputs, outputs and params must be. Source: MLflow 3.17.2 types/schema.py. */
import type { Dtype } from '../data/dtype.ts';
import type { PyValue } from '../data/py-value.ts';

/** Scalar column types as the MLmodel file names them. */
export type ScalarType =
  | 'boolean'
  | 'integer'
  | 'long'
  | 'float'
  | 'double'
  | 'string'
  | 'binary'
  | 'datetime';

/** Type of a column, an element or a property. */
export type ValueType =
  | { readonly kind: 'scalar'; readonly type: ScalarType }
  | { readonly kind: 'array'; readonly items: ValueType }
  | { readonly kind: 'object'; readonly properties: readonly PropertySpec[] }
  | { readonly kind: 'map'; readonly values: ValueType }
  | { readonly kind: 'any' };

/** A property of an object, sorted by name in the signature. `required` defaults to true. */
export interface PropertySpec {
  readonly name: string;
  readonly type: ValueType;
  readonly required: boolean;
}

/** One column. `name` is absent in an unnamed schema, and may be empty: see {@link inputNames}. */
export interface ColumnSpec {
  readonly name?: string;
  /** Set where the file names the column by an integer, as for a DataFrame without column names; `name` is then its text. */
  readonly integerName?: number;
  readonly type: ValueType;
  readonly required: boolean;
  /** True where the file spelt `sparkml_vector` (an array of doubles). */
  readonly sparkVector?: boolean;
}

/** One tensor; -1 in `shape` is any size. `dtype` is NumPy's name as the file says it. */
export interface TensorSpec {
  readonly name?: string;
  /** Normalised dtype; null when NumPy's name has no counterpart here (complex…). */
  readonly dtype: Dtype | null;
  readonly dtypeName: string;
  readonly shape: readonly number[];
}

/** Columns or tensors, never both; all named or all unnamed. */
export type Schema =
  | { readonly kind: 'columns'; readonly columns: readonly ColumnSpec[] }
  | { readonly kind: 'tensors'; readonly tensors: readonly TensorSpec[] };

/** One param. `shape` null: scalar; [-1]: list. */
export interface ParamSpec {
  readonly name: string;
  readonly type: ValueType;
  readonly default: PyValue;
  readonly shape: readonly number[] | null;
}

/** Signature; each part null where the file has none. */
export interface Signature {
  readonly inputs: Schema | null;
  readonly outputs: Schema | null;
  readonly params: readonly ParamSpec[] | null;
  /** `is_signature_from_type_hint`: the model's Python code parses its input. */
  readonly fromTypeHint: boolean;
}

/** True when the columns or tensors have names: one of them, even an empty one, is enough to tell. */
export function isNamedSchema(schema: Schema): boolean {
  const specs = schema.kind === 'columns' ? schema.columns : schema.tensors;
  return specs.every((spec) => spec.name !== undefined);
}

/**
 * Labels that data must carry: the name, or the position where a name is absent or empty.
 * Source: MLflow 3.17.2 types/schema.py `Schema.input_names`.
 */
export function inputNames(schema: Schema): readonly (string | number)[] {
  return schema.kind === 'columns'
    ? schema.columns.map((column, index) => column.integerName ?? (column.name || index))
    : schema.tensors.map((tensor, index) => tensor.name || index);
}
