/** The common case of enforcement: a frame that is as the schema wants it, found at a cost per column. */
import type { Frame } from '../data/frame.ts';
import type { Dtype } from '../data/dtype.ts';
import { inputNames, isNamedSchema, type Schema } from '../model/signature.ts';
import { dtypeOfType } from './numpy-types.ts';

type ColumnSchema = Extract<Schema, { kind: 'columns' }>;

/** What a frame that needs no change looks like. `dtype` null: the column must be looked at closer. */
interface ExpectedColumn {
  readonly name: string | number;
  readonly dtype: Dtype | null;
}

/** Schemas live as long as their model; a server asks for the same one with every request. */
const expectedColumns = new WeakMap<ColumnSchema, readonly ExpectedColumn[]>();

/** True when names, order and dtypes are those of the schema; false when it takes a closer look to tell. */
export function fitsAlready(data: Frame, schema: ColumnSchema): boolean {
  let expected = expectedColumns.get(schema);
  if (expected === undefined) expectedColumns.set(schema, (expected = expectColumns(schema)));
  const { columns } = data;
  if (columns.length !== expected.length || columns.length === 0) return false;
  for (let position = 0; position < columns.length; position++) {
    const { name, dtype } = expected[position]!;
    const column = columns[position]!;
    if (column.label !== name || column.data.dtype !== dtype) return false;
    if (column.extension !== undefined) return false;
    if (dtype === 'datetime64[ns]' && 'timeZone' in column.data) return false;
  }
  return true;
}

/** Nothing fits at once where names repeat, or where there are none: labels are free then. */
function expectColumns(schema: ColumnSchema): readonly ExpectedColumn[] {
  const names = inputNames(schema);
  if (!isNamedSchema(schema) || new Set(names).size < names.length) return [];
  return schema.columns.map(({ type }, position) => ({
    name: names[position]!,
    dtype: type.kind === 'scalar' ? dtypeOfType[type.type] : null,
  }));
}
