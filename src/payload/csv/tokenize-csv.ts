/**
 * Incremental CSV tokenizer with the states of pandas' C tokenizer: feed bytes in pieces of any
 * size, take cells out in tables. Source: pandas 3.1 _libs/src/parser/tokenizer.c, default options.
 */
import { csvError } from './csv-error.ts';
import { nameColumns } from './name-columns.ts';
import { decodeCell, type TokenTable } from './token-table.ts';

const COMMA = 44;
const LF = 10;
const CR = 13;
const QUOTE = 34;
const SPACE = 32;
const TAB = 9;

const START_RECORD = 0;
const START_FIELD = 1;
const IN_FIELD = 2;
const IN_QUOTED_FIELD = 3;
const QUOTE_IN_QUOTED_FIELD = 4;
const WHITESPACE_LINE = 5;
/** A line ended with CR: a following LF belongs to it. */
const AFTER_CR = 6;
/** An empty line ended with CR: a following LF, and (upstream's quirk) a comma, belongs to it. */
const AFTER_EMPTY_CR = 7;

const bom = Uint8Array.of(0xef, 0xbb, 0xbf);

/** Input is tokenized in slices, so that room is taken as it is needed. */
const sliceBytes = 1 << 16;

/** Cells that one inference chunk holds at most. Source: parsers.pyx DEFAULT_BUFFER_HEURISTIC. */
const cellsPerChunk = 2 ** 20;

/** Reads a header and then rows; pandas' rules for blank lines, quotes, line ends and row widths. */
export class CsvTokenizer {
  /** Column names after mangling; null until the header line is complete. */
  names: readonly string[] | null = null;
  /** Mangled name → the name that the header has. */
  renamed: ReadonlyMap<string, string> = new Map();
  /** Columns before the named ones: they become the index. Known after the first data row. */
  leadingCount = 0;
  /** Cells of a row, leading ones included. */
  width = 0;
  /** Rows that pandas infers at once (`low_memory`). */
  rowLimit = 1;

  #bytes: Uint8Array = new Uint8Array(1 << 16);
  #length = 0;
  #ends: Int32Array = new Int32Array(1 << 12);
  #cells = 0;
  #rowStartCell = 0;
  #rows = 0;
  #firstRow = 0;
  #fileLines = 0;
  #state = START_RECORD;
  /** Bytes of the mark seen at the start; its whole length once that is decided. */
  #bomLength = 0;

  readonly #maxRows: number;

  /** @param maxRows Rows after which a chunk counts as full, if pandas' rule does not come first. */
  constructor(maxRows: number = Number.POSITIVE_INFINITY) {
    this.#maxRows = maxRows;
  }

  /** True between two lines: nothing of a row has been read. */
  get isAtLineStart(): boolean {
    return this.#state === START_RECORD;
  }

  /** Steps over the LF of a CRLF that ended the last row. @returns position after it */
  skipLineFeed(input: Uint8Array, at: number): number {
    if (this.#state !== AFTER_CR || at >= input.length) return at;
    this.#state = START_RECORD;
    return input[at] === LF ? at + 1 : at;
  }

  /** Counts rows that someone else has read from the same input. */
  skipRows(count: number): void {
    this.#firstRow += count;
    this.#fileLines += count;
  }

  /** Complete rows that wait to be taken. */
  get pendingRows(): number {
    return this.#rows;
  }

  /** True when a whole inference chunk waits. */
  get isFull(): boolean {
    return this.#rows >= this.rowLimit && this.width > 0;
  }

  /** Rows taken so far. */
  get rowsTaken(): number {
    return this.#firstRow;
  }

  /**
   * Tokenizes `input` from `from` until it ends or a chunk is full.
   *
   * @returns position of the first byte not read
   * @throws INVALID_INPUT when a row has too many cells
   */
  write(input: Uint8Array, from = 0): number {
    let at = this.#bomLength < bom.length ? this.#skipBom(input, from) : from;
    const end = input.length;
    while (at < end && !this.isFull) {
      const stop = Math.min(end, at + sliceBytes);
      this.#reserve(stop - at);
      at = this.#scan(input, at, stop);
    }
    return at;
  }

  /** Ends the input. @throws INVALID_INPUT when a quoted cell is open or nothing was there */
  end(): void {
    if (this.#state === IN_QUOTED_FIELD) {
      throw csvError(
        `Error tokenizing data. C error: EOF inside string starting at row ${this.#fileLines}`,
      );
    }
    const inRow =
      this.#state === START_FIELD ||
      this.#state === IN_FIELD ||
      this.#state === QUOTE_IN_QUOTED_FIELD;
    if (inRow) {
      this.#endField();
      this.#endLine();
    }
    this.#state = START_RECORD;
    if (this.names === null) throw csvError('No columns to parse from file');
    if (this.width === 0) this.width = this.names.length;
  }

  /** The rows read since the last {@link clear}; valid until then. */
  table(): TokenTable {
    return {
      bytes: this.#bytes,
      ends: this.#ends,
      width: this.width,
      rowCount: this.#rows,
      firstRow: this.#firstRow,
    };
  }

  /** Forgets the rows that {@link table} showed. */
  clear(): void {
    const done = this.#rows * this.width;
    const from = done === 0 ? 0 : this.#ends[done - 1]!;
    this.#bytes.copyWithin(0, from, this.#length);
    for (let cell = done; cell < this.#cells; cell++)
      this.#ends[cell - done] = this.#ends[cell]! - from;
    this.#length -= from;
    this.#cells -= done;
    this.#rowStartCell -= done;
    this.#firstRow += this.#rows;
    this.#rows = 0;
  }

  /** The state machine; it returns after a line that filled the chunk. */
  #scan(input: Uint8Array, from: number, end: number): number {
    let at = from;
    while (at < end) {
      if (this.#state === START_RECORD || this.#state >= WHITESPACE_LINE) {
        at = this.#skipBetweenLines(input, at, end);
        continue;
      }
      at = this.#scanRow(input, at, end);
      if (this.isFull) break;
    }
    return at;
  }

  /** From inside a row to its end (its line is closed then) or to the end of the input. */
  #scanRow(input: Uint8Array, from: number, end: number): number {
    const bytes = this.#bytes;
    let length = this.#length;
    let state = this.#state;
    let at = from;
    while (at < end) {
      const byte = input[at++]!;
      if (state === IN_QUOTED_FIELD) {
        if (byte === QUOTE) state = QUOTE_IN_QUOTED_FIELD;
        else bytes[length++] = byte;
      } else if (byte === COMMA) {
        this.#length = length;
        this.#endField();
        state = START_FIELD;
      } else if (byte === LF || byte === CR) {
        this.#length = length;
        this.#endField();
        this.#endLine();
        this.#state = byte === LF ? START_RECORD : AFTER_CR;
        return at;
      } else if (byte === QUOTE && state !== IN_FIELD) {
        // A quote opens a cell; in a quoted cell the second of two stands for itself.
        if (state === QUOTE_IN_QUOTED_FIELD) bytes[length++] = byte;
        state = IN_QUOTED_FIELD;
      } else {
        bytes[length++] = byte;
        state = IN_FIELD;
      }
    }
    this.#length = length;
    this.#state = state;
    return at;
  }

  /** Skips the rest of a line end and empty lines; stops where a row begins, with its blanks kept. */
  #skipBetweenLines(input: Uint8Array, from: number, end: number): number {
    let at = from;
    while (at < end) {
      const byte = input[at]!;
      if (this.#state === AFTER_CR || this.#state === AFTER_EMPTY_CR) {
        if (byte === LF || (byte === COMMA && this.#state === AFTER_EMPTY_CR)) at++;
        this.#state = START_RECORD;
      } else if (byte === LF || byte === CR) {
        this.#length = this.#cellStart;
        this.#fileLines++;
        this.#state = byte === LF ? START_RECORD : AFTER_EMPTY_CR;
        at++;
      } else if (byte === SPACE || byte === TAB) {
        this.#bytes[this.#length++] = byte;
        this.#state = WHITESPACE_LINE;
        at++;
      } else {
        this.#state = this.#state === WHITESPACE_LINE ? IN_FIELD : START_FIELD;
        break;
      }
    }
    return at;
  }

  /** Skips a byte order mark at the start, even one that comes in pieces. */
  #skipBom(input: Uint8Array, from: number): number {
    let at = from;
    while (at < input.length && this.#bomLength < bom.length) {
      if (input[at] !== bom[this.#bomLength]) {
        const seen = bom.subarray(0, this.#bomLength);
        this.#bomLength = bom.length;
        this.#scan(seen, 0, seen.length);
        return at;
      }
      at++;
      this.#bomLength++;
    }
    return at;
  }

  get #cellStart(): number {
    return this.#cells === 0 ? 0 : this.#ends[this.#cells - 1]!;
  }

  #reserve(extraBytes: number): void {
    const needed = this.#length + extraBytes;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }

  #endField(): void {
    if (this.#cells === this.#ends.length) {
      const grown = new Int32Array(this.#ends.length * 2);
      grown.set(this.#ends);
      this.#ends = grown;
    }
    this.#ends[this.#cells++] = this.#length;
  }

  #endLine(): void {
    this.#fileLines++;
    const count = this.#cells - this.#rowStartCell;
    if (this.names === null) this.#endHeader(count);
    else this.#endRow(count);
    this.#rowStartCell = this.#cells;
  }

  #endHeader(count: number): void {
    const cells: string[] = [];
    for (let cell = 0; cell < count; cell++) {
      cells.push(
        decodeCell(this.#bytes, cell === 0 ? 0 : this.#ends[cell - 1]!, this.#ends[cell]!),
      );
    }
    const { names, renamed } = nameColumns(cells);
    this.names = names;
    this.renamed = renamed;
    this.#cells = 0;
    this.#length = 0;
  }

  #endRow(count: number): void {
    if (this.width === 0) this.#setWidth(count);
    if (count > this.width) {
      throw csvError(
        `Error tokenizing data. C error: Expected ${this.width} fields in line ${this.#fileLines}, saw ${count}`,
        { row: this.#firstRow + this.#rows + 1 },
      );
    }
    for (let cell = count; cell < this.width; cell++) this.#endField();
    this.#rows++;
  }

  /** The first data row decides: more cells than names make leading columns. */
  #setWidth(firstRowCells: number): void {
    const named = this.names!.length;
    this.width = Math.max(named, firstRowCells);
    this.leadingCount = this.width - named;
    this.rowLimit = Math.min(chunkRows(this.width), this.#maxRows);
  }
}

/** Rows of an inference chunk: the greatest power of two below 2^20 / `width`, at least 1. */
export function chunkRows(width: number): number {
  const limit = Math.floor(cellsPerChunk / width);
  let rows = 1;
  while (rows * 2 < limit) rows *= 2;
  return rows;
}
