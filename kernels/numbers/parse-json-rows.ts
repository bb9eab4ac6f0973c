// Rows of plain numbers in JSON, as lists (`[1, 2.5], …`) or as objects with the same keys in the same order in each row.
import { isInteger, numberValue, parseNumber } from './parse-number';
import { CLOSED, FULL, setProgress, STOPPED } from './progress';

// @ts-ignore: decorator
@inline
function skipSpace(p: usize): usize {
  let c = load<u8>(p);
  if (c > 0x20) return p;
  while (c == 0x20 || c == 0x0a || c == 0x0d || c == 0x09) c = load<u8>(++p);
  return p;
}

let literalValue: f64 = 0;

/** `null` (NaN in a column of floats) and the literals that Python's json reads beyond the standard; 0 for anything else. */
function parseLiteral(p: usize): usize {
  const four = load<u32>(p);
  if (four == 0x6c6c756e) {
    literalValue = NaN;
    return p + 4;
  }
  if ((four & 0xffffff) == 0x4e614e) {
    literalValue = NaN;
    return p + 3;
  }
  const negative = <u8>four == 0x2d;
  if (negative) p++;
  if (load<u64>(p) != 0x7974696e69666e49) return 0;
  literalValue = negative ? -Infinity : Infinity;
  return p + 8;
}

/** Reads one cell; the result is the address behind it and behind the space that follows. */
// @ts-ignore: decorator
@inline
function parseCell(p: usize, out: usize): usize {
  let next = parseNumber(p, false);
  if (next != 0) {
    store<f64>(out, numberValue);
    return skipSpace(next);
  }
  next = parseLiteral(p);
  if (next == 0) return 0;
  store<f64>(out, literalValue);
  return skipSpace(next);
}

/**
 * Reads rows `[…], […]…` of `columns` numbers each from `p`, where a row starts, into columns of `stride` elements at `out`.
 * At most `stride` rows. The bytes at the end of the window are zeros, which belong to no row.
 */
export function parseJsonRows(p: usize, columns: i32, out: usize, stride: i32): i32 {
  const step = <usize>stride << 3;
  for (let row = 0; row < stride; row++) {
    const rowStart = p;
    p = skipSpace(p);
    if (load<u8>(p) != 0x5b) return stop(rowStart, row);
    let cell = out + (<usize>row << 3);
    for (let column = 1; ; column++) {
      p = parseCell(skipSpace(p + 1), cell);
      if (p == 0) return stop(rowStart, row);
      if (column == columns) break;
      if (load<u8>(p) != 0x2c) return stop(rowStart, row);
      cell += step;
    }
    if (load<u8>(p) != 0x5d) return stop(rowStart, row);
    p = skipSpace(p + 1);
    const separator = load<u8>(p++);
    if (separator == 0x5d) return close(p, row + 1);
    if (separator != 0x2c) return stop(rowStart, row);
  }
  setProgress(p, stride);
  return FULL;
}

/** Compares the key at `p` with the one at `key`, both with quotes; `key` is padded with zeros to whole words. */
// @ts-ignore: decorator
@inline
function matchesKey(p: usize, key: usize, length: u32): bool {
  let rest = length;
  while (rest >= 8) {
    if (load<u64>(p) != load<u64>(key)) return false;
    p += 8;
    key += 8;
    rest -= 8;
  }
  const mask = ((<u64>1) << (<u64>rest << 3)) - 1;
  return (load<u64>(p) & mask) == load<u64>(key);
}

/**
 * As `parseJsonRows` for rows `{"a": 1, "b": 2}, …`. At `keys` there are the lengths of the keys (u32 each), then at `keys` + 4·columns rounded up to
 * whole words the keys with their quotes, each padded with zeros to whole words and one zero word.
 */
export function parseJsonRecords(p: usize, columns: i32, keys: usize, out: usize, stride: i32): i32 {
  const step = <usize>stride << 3;
  const texts = keys + (((<usize>columns << 2) + 7) & ~7);
  for (let row = 0; row < stride; row++) {
    const rowStart = p;
    p = skipSpace(p);
    if (load<u8>(p) != 0x7b) return stop(rowStart, row);
    let cell = out + (<usize>row << 3);
    let key = texts;
    for (let column = 0; ; ) {
      p = skipSpace(p + 1);
      const length = load<u32>(keys + (<usize>column << 2));
      if (!matchesKey(p, key, length)) return stop(rowStart, row);
      p = skipSpace(p + length);
      if (load<u8>(p) != 0x3a) return stop(rowStart, row);
      p = parseCell(skipSpace(p + 1), cell);
      if (p == 0) return stop(rowStart, row);
      if (++column == columns) break;
      if (load<u8>(p) != 0x2c) return stop(rowStart, row);
      key += <usize>(length & ~7) + 8;
      cell += step;
    }
    if (load<u8>(p) != 0x7d) return stop(rowStart, row);
    p = skipSpace(p + 1);
    const separator = load<u8>(p++);
    if (separator == 0x5d) return close(p, row + 1);
    if (separator != 0x2c) return stop(rowStart, row);
  }
  setProgress(p, stride);
  return FULL;
}

/** Reads `0, 1, 2, …` up to the closing bracket, the index of a frame that was never sorted or filtered; CLOSED, or STOPPED for any other list. */
export function parseJsonRange(p: usize): i32 {
  let expected = 0;
  let separator: u8;
  do {
    p = parseNumber(skipSpace(p), false);
    if (p == 0 || !isInteger || numberValue != <f64>expected) return STOPPED;
    expected++;
    p = skipSpace(p);
    separator = load<u8>(p++);
  } while (separator == 0x2c);
  return separator == 0x5d ? close(p, expected) : STOPPED;
}

function stop(p: usize, rows: i32): i32 {
  setProgress(p, rows);
  return STOPPED;
}

function close(p: usize, rows: i32): i32 {
  setProgress(p, rows);
  return CLOSED;
}
