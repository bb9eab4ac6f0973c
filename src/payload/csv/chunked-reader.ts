/** Pulls chunks of rows out of a stream of bytes: the loop that every CSV reader of files shares. */
import { isUtf8 } from 'node:buffer';
import { invalidUtf8 } from './invalid-utf8.ts';
import type { TokenTable } from './token-table.ts';
import { CsvTokenizer } from './tokenize-csv.ts';

/** Bytes of a file or stdin, in pieces. */
export type ByteSource = AsyncIterable<Uint8Array>;

/**
 * Yields the tokenizer whenever a chunk of rows is complete, and once at the end of an input without
 * rows. The table is valid until the next step.
 *
 * @throws INVALID_INPUT
 */
export async function* readChunks(source: ByteSource): AsyncGenerator<CsvTokenizer> {
  const tokenizer = new CsvTokenizer();
  for await (const piece of source) {
    let at = 0;
    while (at < piece.length) {
      at = tokenizer.write(piece, at);
      if (!tokenizer.isFull) continue;
      yield checked(tokenizer);
      tokenizer.clear();
    }
  }
  tokenizer.end();
  if (tokenizer.pendingRows === 0 && tokenizer.rowsTaken > 0) return;
  yield checked(tokenizer);
  tokenizer.clear();
}

function checked(tokenizer: CsvTokenizer): CsvTokenizer {
  checkUtf8(tokenizer.table());
  return tokenizer;
}

/** @throws INVALID_INPUT when the cells are no UTF-8 */
export function checkUtf8({ bytes, ends, width, rowCount, firstRow }: TokenTable): void {
  const end = rowCount === 0 ? 0 : ends[rowCount * width - 1]!;
  if (!isUtf8(bytes.subarray(0, end)))
    throw invalidUtf8({ rows: [firstRow + 1, firstRow + rowCount] });
}
