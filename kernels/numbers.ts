// Numbers in and out of text, to the last bit: rows of JSON and CSV → doubles, doubles → the text of Python's repr.
import { clearBigInteger as clear, sawBigInteger as saw } from './numbers/parse-number';
import { position, rowCount } from './numbers/progress';

export { formatFloats, formatRecords } from './numbers/format-floats';
export { parseCsvRows } from './numbers/parse-csv-rows';
export { parseJsonRange, parseJsonRecords, parseJsonRows } from './numbers/parse-json-rows';

export function getPosition(): usize {
  return position;
}

export function getRowCount(): i32 {
  return rowCount;
}

/** Whether an integer beyond 2^53 was read since the last call of `clearBigInteger`. */
export function sawBigInteger(): bool {
  return saw;
}

export function clearBigInteger(): void {
  clear();
}
