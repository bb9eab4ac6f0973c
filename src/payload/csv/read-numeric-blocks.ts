/**
 * The quick way through files whose columns are all double or float: whole lines of plain numbers go
 * through the WebAssembly reader, every other line through the tokenizer.
 *
 * One difference from reading by chunks: a column of `True` and `False` is refused here.
 */
import type { Frame } from '../../data/frame.ts';
import type { Vector } from '../../data/vector.ts';
import type { DecodeOptions } from '../decode-options.ts';
import { parseNumericCsvBlock } from '../numeric/parse-csv-block.ts';
import { assembleFrame } from './assemble-frame.ts';
import { type ByteSource, checkUtf8 } from './chunked-reader.ts';
import { cellError } from './column-target.ts';
import type { CsvTypes } from './csv-types.ts';
import { joinChunks } from './join-chunks.ts';
import { planColumns, type PlannedColumn, readColumn } from './plan-columns.ts';
import { readDoubles } from './read-cells.ts';
import { chunkRows, CsvTokenizer } from './tokenize-csv.ts';

const LF = 10;

/** Rows of a block: enough for threads to pay, little enough to stay in memory twice. */
const blockRows = 32_768;

/** True when the signature asks for floating-point columns only. */
export function isNumericTyping(types: CsvTypes): boolean {
  const all = [...types.byName.values(), ...types.byPosition];
  return all.length > 0 && all.every((type) => type === 'double' || type === 'float');
}

/** Blocks of a file as {@link isNumericTyping} describes it. @throws INVALID_INPUT with the row */
export async function* readNumericBlocks(
  source: ByteSource,
  types: CsvTypes,
  options: DecodeOptions,
): AsyncGenerator<Frame> {
  const reader = new NumericReader(types, options);
  for await (const piece of source) {
    reader.read(piece);
    if (reader.isFull) yield reader.take();
  }
  reader.end();
  if (reader.hasRows || !reader.hasYielded) yield reader.take();
}

class NumericReader {
  hasYielded = false;
  readonly #tokenizer = new CsvTokenizer(1);
  readonly #types: CsvTypes;
  readonly #options: DecodeOptions;
  #plan: readonly PlannedColumn[] | null = null;
  #canAccelerate = false;
  #isEnded = false;
  #carry: Uint8Array = new Uint8Array(0);
  #parts: Vector[][] = [];
  #rows = 0;
  #fullRows = blockRows;

  constructor(types: CsvTypes, options: DecodeOptions) {
    this.#types = types;
    this.#options = options;
  }

  get isFull(): boolean {
    return this.#rows >= this.#fullRows;
  }

  get hasRows(): boolean {
    return this.#rows > 0;
  }

  read(piece: Uint8Array): void {
    const data = this.#carry.length === 0 ? piece : Buffer.concat([this.#carry, piece]);
    this.#carry = new Uint8Array(0);
    let at = 0;
    while (at < data.length) {
      at = this.#tokenizer.skipLineFeed(data, at);
      if (
        this.#canAccelerate &&
        this.#tokenizer.pendingRows === 0 &&
        this.#tokenizer.isAtLineStart
      ) {
        const end = data.lastIndexOf(LF) + 1;
        if (end > at) at = this.#readPlainLines(data, at, end);
        if (at >= end && end > 0) {
          this.#carry = data.slice(at);
          return;
        }
      }
      at = this.#tokenizer.write(data, at);
      if (this.#tokenizer.isFull) this.#takeTokens();
    }
  }

  end(): void {
    let at = 0;
    while (at < this.#carry.length) {
      at = this.#tokenizer.write(this.#carry, at);
      if (this.#tokenizer.isFull) this.#takeTokens();
    }
    this.#tokenizer.end();
    this.#isEnded = true;
    if (this.#tokenizer.pendingRows > 0) this.#takeTokens();
  }

  take(): Frame {
    this.hasYielded = true;
    const plan = this.#planned();
    const block = assembleFrame(plan, joinChunks(plan, this.#parts), this.#rows);
    this.#parts = [];
    this.#rows = 0;
    return block;
  }

  #planned(): readonly PlannedColumn[] {
    if (this.#plan !== null) return this.#plan;
    this.#plan = planColumns(this.#tokenizer, this.#types, this.#options);
    this.#canAccelerate = this.#plan.every(({ type }) => type !== null);
    this.#fullRows = Math.min(blockRows, chunkRows(this.#tokenizer.width));
    return this.#plan;
  }

  /** @returns offset of the first line that is not plain numbers, or `end` */
  #readPlainLines(data: Uint8Array, from: number, end: number): number {
    const plan = this.#planned();
    const block = parseNumericCsvBlock(data, from, end, plan.length);
    // Where lines are not plain, longer and longer runs of them go to the tokenizer at once.
    this.#tokenizer.rowLimit =
      block.rowCount > 0 ? 1 : Math.min(this.#tokenizer.rowLimit * 2, this.#fullRows);
    if (block.rowCount > 0) {
      this.#tokenizer.skipRows(block.rowCount);
      this.#append(block.columns.map((values, at) => toVector(values, plan[at]!)));
    }
    return block.consumed;
  }

  /** Takes the rows that the tokenizer has read. */
  #takeTokens(): void {
    const plan = this.#planned();
    if (!this.#canAccelerate && this.#growChunk()) return;
    const table = this.#tokenizer.table();
    checkUtf8(table);
    this.#append(
      plan.map((column) => {
        const { type, position } = column;
        if (type === null || !this.#canAccelerate) return readColumn(table, column);
        const { values, badRow } = readDoubles(table, position);
        if (badRow < 0) return toVector(values, column);
        const reason = 'could not convert string to float';
        throw cellError(reason, table, { ...column, type }, badRow);
      }),
    );
    this.#tokenizer.clear();
  }

  /** Goes on to a whole inference chunk after the first row. @returns true when there is more to read first */
  #growChunk(): boolean {
    const limit = chunkRows(this.#tokenizer.width);
    if (this.#isEnded || this.#tokenizer.rowLimit === limit) return false;
    this.#tokenizer.rowLimit = limit;
    return limit > 1;
  }

  #append(vectors: Vector[]): void {
    this.#rows += vectors[0]?.values.length ?? 0;
    this.#parts.push(vectors);
  }
}

function toVector(values: Float64Array, { type }: PlannedColumn): Vector {
  return type === 'float'
    ? { dtype: 'float32', values: Float32Array.from(values) }
    : { dtype: 'float64', values };
}
