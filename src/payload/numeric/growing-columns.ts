/** Columns that rows are appended to in batches, from the staging area of the numbers kernel. */
import { layout } from './numbers-memory.ts';

/** Batches up to this size are copied element by element: making views costs more. */
const smallBatch = 16;
const noRows = new Float64Array(0);

/** Column-major rows in JavaScript's memory; `expectedRows` is the capacity to start with. */
export class GrowingColumns {
  #columns: Float64Array[];
  #capacity = 0;
  #rowCount = 0;

  /** @param columnCount Number of columns, all float64. */
  constructor(columnCount: number) {
    this.#columns = [];
    while (this.#columns.length < columnCount) this.#columns.push(noRows);
  }

  /** Number of columns. */
  get columnCount(): number {
    return this.#columns.length;
  }

  /** Rows so far. */
  get rowCount(): number {
    return this.#rowCount;
  }

  /** Appends the first `rows` rows of the staging area, whose columns are `stride` elements apart. */
  append(doubles: Float64Array, stride: number, rows: number, expectedRows: number): void {
    if (rows === 0) return;
    this.#reserve(this.#rowCount + rows, expectedRows);
    const done = this.#rowCount;
    let start = layout.staging / 8;
    for (const column of this.#columns) {
      if (rows > smallBatch) column.set(doubles.subarray(start, start + rows), done);
      else for (let row = 0; row < rows; row++) column[done + row] = doubles[start + row]!;
      start += stride;
    }
    this.#rowCount = done + rows;
  }

  /** The columns, exactly as long as there are rows. */
  finish(): Float64Array[] {
    if (this.#capacity === this.#rowCount) return this.#columns;
    return this.#columns.map((column) => column.subarray(0, this.#rowCount));
  }

  #reserve(rows: number, expectedRows: number): void {
    if (rows <= this.#capacity) return;
    this.#capacity =
      Math.max(rows, this.#capacity === 0 ? expectedRows : 1.5 * this.#capacity) >>> 0;
    this.#columns = this.#columns.map((column) => {
      const larger = new Float64Array(this.#capacity);
      if (this.#rowCount > 0) larger.set(column);
      return larger;
    });
  }
}
