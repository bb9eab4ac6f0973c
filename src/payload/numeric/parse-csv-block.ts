/**
 * Quick reader for lines of plain numeric cells, bit for bit what pandas 3 `read_csv` makes of them. (Its default reader of floats
 * rounds correctly: 800,000 random texts of 1 to 34 digits, exponents over the whole range, gave the double that Python's `float` gives.)
 */
import { GrowingColumns } from './growing-columns.ts';
import {
  asBuffer,
  layout,
  loadWindow,
  numbersMemory,
  type NumbersMemory,
  passEnd,
  stagingStride,
} from './numbers-memory.ts';

/** Bits of {@link NumericCsvBlock.kinds}. */
export const cellKind = { integer: 1, float: 2, missing: 4 } as const;

/** Rows that were understood. */
export interface NumericCsvBlock {
  readonly rowCount: number;
  /** float64, missing is NaN. Integers are exact, since those beyond 2^53 and `-0` end the block. */
  readonly columns: readonly Float64Array[];
  /** For each column, which kinds of cell it holds: bits of {@link cellKind}. Only integers: pandas reads int64. */
  readonly kinds: Uint8Array;
  /** Offset of the first byte that was not consumed: `end`, or the start of the first line for the general reader. */
  readonly consumed: number;
}

const lineFeed = 0x0a;
/** Kinds and the kernel's notes on them take nine bytes a column. */
const mostColumns = 4096;

/**
 * Reads complete lines of `columnCount` cells from bytes [offset, end); the last line may lack its line feed. Cells: integers and
 * floats as pandas reads them (`+1`, `1.`, `.5`, `1e5`, spaces around), `inf` and `infinity`, and the tokens `` (empty), NA, NaN,
 * nan, null, NULL, None. Empty lines are skipped. Anything else (quotes, another number of cells, lone CR, text) ends the block.
 */
export function parseNumericCsvBlock(
  bytes: Uint8Array,
  offset: number,
  end: number,
  columnCount: number,
): NumericCsvBlock {
  const memory = numbersMemory();
  const body = asBuffer(bytes);
  const stride = columnCount > mostColumns ? 0 : stagingStride(columnCount);
  const columns = new GrowingColumns(columnCount);
  memory.bytes.fill(0, layout.scratch, layout.scratch + Math.min(columnCount, mostColumns));
  let from = offset;
  // No stride: so many columns are left to the general reader.
  for (const last = stride === 0 ? offset : end; from < last;) {
    const size = loadLines(memory, body, from, end);
    const read = readWindow(memory, columns, stride, (rows, used) =>
      Math.ceil(((columns.rowCount + rows) * (end - offset) * 1.02) / (from - offset + used)),
    );
    from += Math.min(read, end - from);
    // Not even one line fits into the window, or one was not understood.
    if (size === 0 || read < size) break;
  }
  const kinds = Uint8Array.from(
    memory.bytes.subarray(layout.scratch, layout.scratch + Math.min(columnCount, mostColumns)),
  );
  return { rowCount: columns.rowCount, columns: columns.finish(), kinds, consumed: from };
}

/** Fills the window with whole lines; 0 when not even one fits. The last line gets a line feed when it lacks one. */
function loadLines(memory: NumbersMemory, body: Buffer, from: number, end: number): number {
  const size = loadWindow(memory, body, from, end);
  const { window } = layout;
  if (memory.bytes[window + size - 1] === lineFeed) return size;
  if (from + size === end) {
    memory.bytes[window + size] = lineFeed;
    return size + 1;
  }
  const lastLine = body.lastIndexOf(lineFeed, from + size - 1);
  const lines = Math.max(0, lastLine + 1 - from);
  memory.bytes.fill(0, window + lines, window + lines + 64);
  return lines;
}

/** Reads what is in the window; returns how many of its bytes were understood. */
function readWindow(
  { kernel, doubles }: NumbersMemory,
  columns: GrowingColumns,
  stride: number,
  expectRows: (rows: number, used: number) => number,
): number {
  let at: number = layout.window;
  for (;;) {
    const count = columns.columnCount;
    const outcome = kernel.parseCsvRows(at, count, layout.scratch, layout.staging, stride);
    at = kernel.getPosition();
    const rows = kernel.getRowCount();
    columns.append(doubles, stride, rows, expectRows(rows, at - layout.window));
    if (outcome !== passEnd.full) return at - layout.window;
  }
}
