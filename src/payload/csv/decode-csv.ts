/** A CSV body in memory → a frame, as `pandas.read_csv` reads it. */
import { isUtf8 } from 'node:buffer';
import type { Frame } from '../../data/frame.ts';
import type { Vector } from '../../data/vector.ts';
import type { Signature } from '../../model/signature.ts';
import { type DecodeOptions, defaultDecodeOptions } from '../decode-options.ts';
import { assembleFrame } from './assemble-frame.ts';
import { csvError } from './csv-error.ts';
import { csvTypesOf } from './csv-types.ts';
import { invalidUtf8 } from './invalid-utf8.ts';
import { joinChunks } from './join-chunks.ts';
import { planColumns, type PlannedColumn, readColumn } from './plan-columns.ts';
import { CsvTokenizer } from './tokenize-csv.ts';

/** Cells that may be added to short rows, so that a small body cannot ask for much memory. */
const paddedCellLimit = 2 ** 24;

/**
 * Decodes a CSV request. With a signature its types are the `dtype` argument, as on MLflow's
 * server; with null everything is inferred, as on MLflow's command line.
 *
 * @throws INVALID_INPUT with row, column, value and expected type where one cell is at fault
 */
export function decodeCsv(
  body: Uint8Array,
  signature: Signature | null,
  options: DecodeOptions = defaultDecodeOptions,
): Frame {
  if (!isUtf8(body)) throw invalidUtf8();
  const types = csvTypesOf(signature);
  const tokenizer = new CsvTokenizer();
  const chunks: Vector[][] = [];
  let plan: PlannedColumn[] | null = null;
  const take = (): void => {
    if (tokenizer.pendingRows === 0) return;
    checkPadding(tokenizer, body.length);
    plan ??= planColumns(tokenizer, types, options);
    const table = tokenizer.table();
    chunks.push(plan.map((column) => readColumn(table, column)));
    tokenizer.clear();
  };
  let at = 0;
  while (at < body.length) {
    at = tokenizer.write(body, at);
    if (tokenizer.isFull) take();
  }
  tokenizer.end();
  take();
  const columns = plan ?? planColumns(tokenizer, types, options);
  if (types.byPosition.length > columns.length && chunks.length === 0) {
    throw csvError('list index out of range', { expected: `${types.byPosition.length} columns` });
  }
  return assembleFrame(columns, joinChunks(columns, chunks), tokenizer.rowsTaken);
}

function checkPadding(tokenizer: CsvTokenizer, bodyBytes: number): void {
  const cells = (tokenizer.rowsTaken + tokenizer.pendingRows) * tokenizer.width;
  if (cells <= bodyBytes + paddedCellLimit) return;
  throw csvError(`${tokenizer.width} columns with almost empty rows need more memory than allowed`);
}
