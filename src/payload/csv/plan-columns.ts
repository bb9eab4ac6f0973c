/** Decides, once the header and the first row are known, how each column of a CSV is read. */
import type { Vector } from '../../data/vector.ts';
import type { ScalarType } from '../../model/signature.ts';
import { castColumn } from './cast-column.ts';
import type { CsvTypes } from './csv-types.ts';
import { inferColumn } from './infer-column.ts';
import type { TokenTable } from './token-table.ts';

/** One column of the file. */
export interface PlannedColumn {
  readonly position: number;
  readonly name: string;
  /** True for the columns before the named ones. */
  readonly isIndex: boolean;
  /** null: inferred. */
  readonly type: ScalarType | null;
  /** The type was found by position: pandas then turns text objects into `str`. */
  readonly byPosition: boolean;
  readonly lenientTypes: boolean;
}

/** What the header says. {@link CsvTokenizer} has this form. */
export interface CsvHeader {
  readonly names: readonly string[] | null;
  readonly renamed: ReadonlyMap<string, string>;
  readonly leadingCount: number;
  readonly width: number;
}

/** Source: pandas 3.1 TextReader._get_col_dtype: by name, else by position. */
export function planColumns(
  header: CsvHeader,
  types: CsvTypes,
  options: { readonly lenientTypes: boolean },
): PlannedColumn[] {
  const names = header.names ?? [];
  return Array.from({ length: header.width }, (_, position) => {
    const isIndex = position < header.leadingCount;
    const name = isIndex ? String(position) : names[position - header.leadingCount]!;
    const named = isIndex ? undefined : typeByName(name, header.renamed, types);
    const type = named ?? types.byPosition[position] ?? null;
    const byPosition = named === undefined && type !== null;
    return { position, name, isIndex, type, byPosition, lenientTypes: options.lenientTypes };
  });
}

function typeByName(
  name: string,
  renamed: ReadonlyMap<string, string>,
  types: CsvTypes,
): ScalarType | undefined {
  return types.byName.get(name) ?? types.byName.get(renamed.get(name) ?? name);
}

/** Reads one column of one chunk. @throws INVALID_INPUT */
export function readColumn(table: TokenTable, column: PlannedColumn): Vector {
  const { type } = column;
  return type === null
    ? inferColumn(table, column.position)
    : castColumn(table, { ...column, type });
}
