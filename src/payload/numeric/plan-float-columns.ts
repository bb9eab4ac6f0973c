/** Which signatures the quick reader of numeric bodies serves, and in what order their columns come out. */
import type { ColumnSpec, Signature } from '../../model/signature.ts';

/** One column of the signature: float64 for `double`, float32 for `float`. */
export interface FloatColumn {
  /** Absent in an unnamed schema. */
  readonly name?: string;
  readonly dtype: 'float32' | 'float64';
  readonly required: boolean;
}

/** The columns of a signature that is all floats. */
export interface FloatPlan {
  readonly columns: readonly FloatColumn[];
  readonly isNamed: boolean;
  readonly hasFloat32: boolean;
}

/** Plan of a signature whose inputs are all scalar `double` or `float` columns; null for any other. */
export function planFloatColumns(signature: Signature): FloatPlan | null {
  const { inputs } = signature;
  if (inputs?.kind !== 'columns' || signature.fromTypeHint) return null;
  const columns = inputs.columns.map((spec) => floatColumn(spec));
  const known = columns.filter((column) => column !== null);
  const names = new Set(known.map((column) => column.name));
  const isNamed = !names.has(undefined);
  if (known.length === 0 || known.length !== columns.length) return null;
  if (isNamed ? names.size !== known.length : names.size !== 1) return null;
  return { columns: known, isNamed, hasFloat32: known.some(({ dtype }) => dtype === 'float32') };
}

function floatColumn({ name, type, required }: ColumnSpec): FloatColumn | null {
  if (type.kind !== 'scalar' || (type.type !== 'double' && type.type !== 'float')) return null;
  const dtype = type.type === 'double' ? 'float64' : 'float32';
  return name === undefined ? { dtype, required } : { name, dtype, required };
}

/**
 * For each column of the frame, in the order of the schema, its place in the body; null when the general path must judge: a
 * required column is missing, a label is twice there or unknown, no column is left, or an unnamed schema has another count.
 */
export function placeColumns(
  { columns, isNamed }: FloatPlan,
  labels: readonly string[],
): ReadonlyMap<number, FloatColumn> | null {
  if (new Set(labels).size !== labels.length) return null;
  if (!isNamed) {
    return labels.length === columns.length ? new Map(columns.entries()) : null;
  }
  const places = new Map<number, FloatColumn>();
  for (const column of columns) {
    const place = labels.indexOf(column.name ?? '');
    if (place !== -1) places.set(place, column);
    else if (column.required) return null;
  }
  return places.size === labels.length && places.size > 0 ? places : null;
}
