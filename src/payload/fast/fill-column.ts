/**
 * Cells of a parsed document → a column, for the cells whose cast does not depend on what `JSON.parse` loses: whether a
 * number was written 1 or 1.0, digits beyond 2^53, and -0. Anything else gives null, and the exact reader decides.
 */
import type { Vector } from '../../data/vector.ts';
import type { FastType } from './fast-plan.ts';

/** Cell of a row of the document. */
export type CellAt = (row: number) => unknown;

/** Fills a column of `length` cells, or null. */
export function fillColumn(type: FastType, length: number, cellAt: CellAt): Vector | null {
  switch (type) {
    case 'double':
      return fillDoubles(length, cellAt);
    case 'float':
      return fillFloats(length, cellAt);
    case 'integer':
      return fillIntegers(length, cellAt);
    case 'long':
      return fillLongs(length, cellAt);
    case 'boolean':
      return fillBooleans(length, cellAt);
    case 'string':
      return fillStrings(length, cellAt);
  }
}

/** A double is exact from text, and null is NaN; infinity may have been a huge integer, which is refused. */
function fillDoubles(length: number, cellAt: CellAt): Vector | null {
  const values = new Float64Array(length);
  for (let row = 0; row < length; row += 1) {
    const number = readNumber(cellAt(row));
    if (number === undefined) return null;
    values[row] = number;
  }
  return { dtype: 'float64', values };
}

/** Integers beyond 2^53 are rounded to float32 from all their digits, so they are not taken. */
function fillFloats(length: number, cellAt: CellAt): Vector | null {
  const values = new Float32Array(length);
  for (let row = 0; row < length; row += 1) {
    const number = readNumber(cellAt(row));
    if (number === undefined || (Math.abs(number) > 2 ** 53 && Number.isInteger(number)))
      return null;
    values[row] = number;
  }
  return { dtype: 'float32', values };
}

/** undefined when it is no number, or one of which something was lost. */
function readNumber(cell: unknown): number | undefined {
  if (typeof cell === 'number') {
    return Number.isFinite(cell) && !Object.is(cell, -0) ? cell : undefined;
  }
  if (cell === null) return Number.NaN;
  return typeof cell === 'boolean' ? Number(cell) : undefined;
}

function fillIntegers(length: number, cellAt: CellAt): Vector | null {
  const values = new Int32Array(length);
  for (let row = 0; row < length; row += 1) {
    const cell = cellAt(row);
    // Equal only for whole numbers in range.
    if (typeof cell !== 'number' || (cell | 0) !== cell) return null;
    values[row] = cell;
  }
  return { dtype: 'int32', values };
}

function fillLongs(length: number, cellAt: CellAt): Vector | null {
  const values = new BigInt64Array(length);
  for (let row = 0; row < length; row += 1) {
    const cell = cellAt(row);
    if (!Number.isSafeInteger(cell)) return null;
    values[row] = BigInt(cell as number);
  }
  return { dtype: 'int64', values };
}

function fillBooleans(length: number, cellAt: CellAt): Vector | null {
  const values = new Uint8Array(length);
  for (let row = 0; row < length; row += 1) {
    const cell = cellAt(row);
    if (typeof cell !== 'boolean') return null;
    values[row] = Number(cell);
  }
  return { dtype: 'bool', values };
}

/** A column of nulls only is no column of strings. */
function fillStrings(length: number, cellAt: CellAt): Vector | null {
  const values: (string | null)[] = [];
  let some = false;
  for (let row = 0; row < length; row += 1) {
    const cell = cellAt(row);
    if (typeof cell === 'string') some = true;
    else if (cell !== null) return null;
    values.push(cell);
  }
  return some ? { dtype: 'str', values } : null;
}
