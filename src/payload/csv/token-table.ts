/** Cells of a CSV after tokenizing: bytes back to back, row by row, every row `width` cells. */
export interface TokenTable {
  readonly bytes: Uint8Array;
  /** Cell i ends before `ends[i]` and begins at `ends[i - 1]` (0 for the first). */
  readonly ends: Int32Array;
  readonly width: number;
  readonly rowCount: number;
  /** Number of the first row among the data rows of the input, from 0. */
  readonly firstRow: number;
}

/** Where cell (`row`, `column`) begins. */
export function cellStart(table: TokenTable, row: number, column: number): number {
  const cell = row * table.width + column;
  return cell === 0 ? 0 : table.ends[cell - 1]!;
}

/** Where cell (`row`, `column`) ends. */
export function cellEnd(table: TokenTable, row: number, column: number): number {
  return table.ends[row * table.width + column]!;
}

/** Text of cell (`row`, `column`). */
export function cellText(table: TokenTable, row: number, column: number): string {
  return decodeCell(table.bytes, cellStart(table, row, column), cellEnd(table, row, column));
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Decodes UTF-8; short ASCII runs without the decoder's fixed cost. */
export function decodeCell(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > 24) return decoder.decode(bytes.subarray(start, end));
  let text = '';
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte > 127) return decoder.decode(bytes.subarray(start, end));
    text += String.fromCharCode(byte);
  }
  return text;
}
