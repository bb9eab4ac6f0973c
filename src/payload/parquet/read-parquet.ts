/** A Parquet body → a frame, as `pandas.read_parquet` reads it: nothing is cast. */
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  type ParquetParsers,
  parquetRead,
  parquetSchema,
  type SchemaTree,
} from 'hyparquet';
import { compressors as allCompressors } from 'hyparquet-compressors';
import { type Column, frame, type Frame } from '../../data/frame.ts';
import type { PyValue } from '../../data/py-value.ts';
import { vectorValues } from '../../data/vector-values.ts';
import { isSlipwayError } from '../../errors/slipway-error.ts';
import { convertParquetColumn, type RawValues } from './convert-parquet-column.ts';
import { takeBytes } from './limit-allocations.ts';
import {
  extensionOf,
  hasIntegerLabels,
  type PandasMetadata,
  type RangeIndex,
  readPandasMetadata,
  timeZoneOf,
} from './pandas-metadata.ts';
import { parquetError } from './parquet-error.ts';

/** What a cell takes at most on the way, unless it is a text or a list. */
const bytesPerCell = 64;

/** Values are taken raw; dtypes are decided by the schema afterwards. */
const decoder = new TextDecoder();
const parsers: ParquetParsers = {
  timestampFromMilliseconds: (value) => value,
  timestampFromMicroseconds: (value) => value,
  timestampFromNanoseconds: (value) => value,
  dateFromDays: (days) => days,
  stringFromBytes: (bytes) => decoder.decode(bytes),
  jsonFromBytes: (bytes) => decoder.decode(bytes),
  geometryFromBytes: (bytes) => bytes,
  geographyFromBytes: (bytes) => bytes,
  uuidFromBytes: (bytes) => bytes,
};

/** One row group of one column, as the library gives it. */
interface ColumnPart {
  readonly rowStart: number;
  readonly values: ArrayLike<unknown>;
}

/** What a page is unpacked into is counted before it is there. */
const compressors: Compressors = Object.fromEntries(
  Object.entries(allCompressors).map(([codec, unpack]) => [
    codec,
    (input: Uint8Array, outputBytes: number) => {
      takeBytes(outputBytes);
      return unpack(input, outputBytes);
    },
  ]),
);

/**
 * Reads a Parquet file. The index that pandas noted is honoured.
 *
 * @param memoryBytes heap for it: run lengths can state billions of cells in a few bytes
 * @throws INVALID_INPUT for bytes that are no Parquet file, or one that cannot be read
 */
export async function readParquet(body: Uint8Array, memoryBytes: number): Promise<Frame> {
  try {
    return await readFrame(body, Math.floor(memoryBytes / bytesPerCell));
  } catch (error) {
    if (isSlipwayError(error)) throw error;
    throw parquetError(error instanceof Error ? error.message : String(error), error);
  }
}

async function readFrame(body: Uint8Array, cellLimit: number): Promise<Frame> {
  const file = toAsyncBuffer(body);
  const metadata = await parquetMetadataAsync(file, { parsers });
  const rowCount = Number(metadata.num_rows);
  const { children } = parquetSchema(metadata);
  if (!(rowCount >= 0)) throw parquetError(`it states ${rowCount} rows`);
  if (rowCount * Math.max(children.length, 1) > cellLimit) {
    throw parquetError(`${rowCount} rows of ${children.length} columns are more than can be read`);
  }
  checkChunks(metadata, children);
  const parts = await readParts(file, metadata, children);
  const pandas = readPandasMetadata(metadata);
  const columns = children.map((tree): Column => {
    const label = tree.element.name;
    const values = join(parts.get(label) ?? [], rowCount, label);
    parts.delete(label);
    const data = convertParquetColumn(tree, values, timeZoneOf(pandas, label));
    const extension = extensionOf(pandas, label, data);
    return { label, data, ...(extension !== undefined && { extension }) };
  });
  return applyPandas(columns, rowCount, pandas);
}

/**
 * The library reads a column that is there twice, or that the schema does not have, and leaves its failure to nobody:
 * a rejection that would end the process.
 */
function checkChunks({ row_groups }: FileMetaData, trees: readonly SchemaTree[]): void {
  const leaves = new Set(trees.flatMap(leafPaths));
  for (const { columns } of row_groups) {
    const paths = columns.map(({ meta_data }) => meta_data?.path_in_schema.join('.') ?? '');
    const isFitting =
      new Set(paths).size === paths.length && paths.every((path) => leaves.has(path));
    if (!isFitting) throw parquetError('the columns of a row group are not those of the schema');
  }
}

function leafPaths({ path, children }: SchemaTree): readonly string[] {
  return children.length === 0 ? [path.join('.')] : children.flatMap(leafPaths);
}

async function readParts(
  file: AsyncBuffer,
  metadata: FileMetaData,
  trees: readonly SchemaTree[],
): Promise<Map<string, ColumnPart[]>> {
  const parts = new Map<string, ColumnPart[]>();
  for (const tree of trees) parts.set(tree.element.name, []);
  if (metadata.num_rows === 0n || trees.length === 0) return parts;
  await parquetRead({
    file,
    metadata,
    compressors,
    parsers,
    utf8: false,
    geoparquet: false,
    onChunk: ({ columnName, columnData, rowStart }) => {
      parts.get(columnName)?.push({ rowStart, values: columnData });
    },
  });
  return parts;
}

function join(parts: readonly ColumnPart[], rowCount: number, name: string): RawValues {
  const length = parts.reduce((sum, { values }) => sum + values.length, 0);
  if (length !== rowCount) {
    throw parquetError(`column '${name}' has ${length} values for ${rowCount} rows`);
  }
  const [first] = parts;
  if (parts.length === 1 && Array.isArray(first?.values)) return first.values;
  const joined: unknown[] = [];
  for (const { values } of parts.toSorted((one, other) => one.rowStart - other.rowStart)) {
    for (let at = 0; at < values.length; at++) joined.push(values[at]);
  }
  return joined;
}

function applyPandas(
  columns: readonly Column[],
  rowCount: number,
  pandas: PandasMetadata | null,
): Frame {
  const indexNames = (pandas?.index_columns ?? []).filter((entry) => typeof entry === 'string');
  const range = pandas?.index_columns.find((entry) => typeof entry === 'object');
  const data = columns.filter(({ label }) => !indexNames.includes(label as string));
  const labelled = hasIntegerLabels(pandas)
    ? data.map((column) => ({ ...column, label: Number(column.label) }))
    : data;
  const indexColumns = indexNames.flatMap((name) => {
    const column = columns.find(({ label }) => label === name);
    return column === undefined ? [] : [vectorValues(column.data)];
  });
  return frame(labelled, rowCount, indexOf(indexColumns, range, rowCount));
}

function indexOf(
  columns: readonly (readonly PyValue[])[],
  range: RangeIndex | undefined,
  rowCount: number,
): readonly PyValue[] | undefined {
  if (columns.length === 1) return columns[0];
  if (columns.length > 1) {
    return Array.from({ length: rowCount }, (_, row) => columns.map((column) => column[row]!));
  }
  if (range === undefined || (range.start === 0 && range.step === 1)) return undefined;
  return Array.from({ length: rowCount }, (_, row) => BigInt(range.start + row * range.step));
}

function toAsyncBuffer(body: Uint8Array): AsyncBuffer {
  return {
    byteLength: body.length,
    slice: (start, end = body.length) => {
      takeBytes(end - start);
      return Uint8Array.prototype.slice.call(body, start, end).buffer;
    },
  };
}
