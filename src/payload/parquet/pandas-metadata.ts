/** What pandas writes into a Parquet file beside the data: index columns, label types, time zones. */
import type { FileMetaData } from 'hyparquet';
import * as z from 'zod/mini';
import { catch as otherwise } from 'zod/mini';
import type { Vector } from '../../data/vector.ts';

/** What pandas notes of one column. */
export interface PandasColumn {
  readonly name?: string | null | undefined;
  readonly field_name?: string | null | undefined;
  readonly pandas_type?: string | null | undefined;
  readonly numpy_type?: string | null | undefined;
  readonly metadata?: { readonly timezone?: string | null | undefined } | null | undefined;
}

/** A RangeIndex. */
export interface RangeIndex {
  readonly kind: 'range';
  readonly start: number;
  readonly stop: number;
  readonly step: number;
}

/** The `pandas` entry of the key-value metadata. */
export interface PandasMetadata {
  /** Names of fields, or a range that takes no field. */
  readonly index_columns: readonly (string | RangeIndex)[];
  readonly columns: readonly PandasColumn[];
  readonly column_indexes: readonly PandasColumn[];
}

const columnSchema: z.ZodMiniType<PandasColumn> = z.object({
  name: z.nullish(z.string()),
  field_name: z.nullish(z.string()),
  pandas_type: z.nullish(z.string()),
  numpy_type: z.nullish(z.string()),
  metadata: otherwise(z.nullish(z.object({ timezone: z.nullish(z.string()) })), null),
});

const rangeSchema: z.ZodMiniType<RangeIndex> = z.object({
  kind: z.literal('range'),
  start: z.int(),
  stop: z.int(),
  step: z.int(),
});

const metadataSchema: z.ZodMiniType<PandasMetadata> = z.object({
  index_columns: z._default(z.array(z.union([z.string(), rangeSchema])), []),
  columns: z._default(z.array(columnSchema), []),
  column_indexes: z._default(z.array(columnSchema), []),
});

/** Reads the entry; null where there is none or it is not as pandas writes it. */
export function readPandasMetadata(metadata: FileMetaData): PandasMetadata | null {
  const text = metadata.key_value_metadata?.find((entry) => entry.key === 'pandas')?.value;
  if (text === undefined) return null;
  const parsed = metadataSchema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Time zone of a column: as pandas noted it, else UTC. */
export function timeZoneOf(pandas: PandasMetadata | null, field: string): string {
  return columnOf(pandas, field)?.metadata?.timezone ?? 'UTC';
}

/**
 * The extension dtype that pandas gives back to a column; undefined for a dtype of NumPy's. Categories come back where
 * Arrow keeps them as a dictionary, which it does for text.
 */
export function extensionOf(
  pandas: PandasMetadata | null,
  field: string,
  data: Vector,
): string | undefined {
  const column = columnOf(pandas, field);
  if (column?.pandas_type === 'categorical') return data.dtype === 'str' ? 'category' : undefined;
  const name = column?.numpy_type ?? '';
  return /^(U?Int(8|16|32|64)|Float(32|64)|boolean|string(\[\w+\])?)$/.test(name)
    ? name
    : undefined;
}

function columnOf(pandas: PandasMetadata | null, field: string): PandasColumn | undefined {
  return pandas?.columns.find((one) => (one.field_name ?? one.name) === field);
}

/** True when the column labels were integers before they became text. */
export function hasIntegerLabels(pandas: PandasMetadata | null): boolean {
  return /^u?int\d+$/.test(pandas?.column_indexes[0]?.pandas_type ?? '');
}
