// Lines of plain numeric cells, as pandas' read_csv reads them.
import { isInteger, numberValue, parseNumber } from './parse-number';
import { FULL, setProgress, STOPPED } from './progress';

const INTEGER: u8 = 1;
const FLOAT: u8 = 2;
const MISSING: u8 = 4;

let wordValue: f64 = 0;
let wordKind: u8 = 0;

/** Length of the cell at `p`, at most 10. */
function cellLength(p: usize): i32 {
  let length = 0;
  for (; length < 10; length++) {
    const c = load<u8>(p + length);
    if (c == 0x2c || c == 0x0a || c == 0x0d || c == 0) break;
  }
  return length;
}

/** Up to eight bytes of a cell as one number, the first byte lowest. */
function packCell(p: usize, length: i32): u64 {
  return length == 8 ? load<u64>(p) : load<u64>(p) & (((<u64>1) << (<u64>length << 3)) - 1);
}

/** The usual tokens for a missing value (pandas 3 knows some more, which the exact path reads) and infinities; 0 for other text. */
function parseWord(p: usize): usize {
  const length = cellLength(p);
  if (length > 9) return 0;
  wordKind = MISSING;
  wordValue = NaN;
  if (length == 0) return p;
  const text = packCell(p, min(length, 8));
  if (
    (length == 2 && text == 0x414e) || // NA
    (length == 3 && (text == 0x4e614e || text == 0x6e616e)) || // NaN, nan
    (length == 4 && (text == 0x6c6c756e || text == 0x4c4c554e || text == 0x656e6f4e)) // null, NULL, None
  ) {
    return p + length;
  }
  return parseInfinity(p, length);
}

/** `inf` and `infinity` in any case, with a sign or none. */
function parseInfinity(p: usize, length: i32): usize {
  const sign = load<u8>(p);
  const signed = sign == 0x2d || sign == 0x2b;
  const size = length - <i32>signed;
  if (size != 3 && size != 8) return 0;
  const text = packCell(p + <usize>signed, size) | (size == 3 ? 0x202020 : 0x2020202020202020);
  if (text != (size == 3 ? 0x666e69 : 0x7974696e69666e69)) return 0;
  wordKind = FLOAT;
  wordValue = sign == 0x2d ? -Infinity : Infinity;
  return p + length;
}

// Kinds that the current row was the first to show, taken back when the row turns out not to be understood.
let newKinds: usize = 0;
let newKindCount: usize = 0;

function addKind(address: usize, kind: u8): void {
  const change = newKinds + (newKindCount++ << 3);
  store<u32>(change, <u32>address);
  store<u8>(change, load<u8>(address), 4);
  store<u8>(address, load<u8>(address) | kind);
}

function takeBackKinds(): void {
  while (newKindCount > 0) {
    const change = newKinds + (--newKindCount << 3);
    store<u8>(load<u32>(change), load<u8>(change, 4));
  }
}

/**
 * Reads lines of `columns` cells from `p` into columns of `stride` elements at `out`, at most `stride` of them; kinds of cells
 * are gathered in `columns` bytes at `kinds`, behind which there is room for 8 bytes a column. Stops before the first line it does not understand. Empty lines are passed over.
 */
export function parseCsvRows(p: usize, columns: i32, kinds: usize, out: usize, stride: i32): i32 {
  const step = <usize>stride << 3;
  newKinds = (kinds + columns + 7) & ~7;
  for (let row = 0; row < stride; row++) {
    while (load<u8>(p) == 0x0a || load<u16>(p) == 0x0a0d) p += load<u8>(p) == 0x0a ? 1 : 2;
    const rowStart = p;
    newKindCount = 0;
    let cell = out + (<usize>row << 3);
    for (let column = 0; ; ) {
      const text = p;
      while (load<u8>(p) == 0x20) p++;
      let kind: u8;
      const next = parseNumber(p, true);
      if (next != 0) {
        p = next;
        while (load<u8>(p) == 0x20) p++;
        store<f64>(cell, numberValue);
        kind = isInteger ? INTEGER : FLOAT;
      } else {
        p = parseWord(text);
        if (p == 0) return stop(rowStart, row);
        store<f64>(cell, wordValue);
        kind = wordKind;
      }
      if ((load<u8>(kinds + column) & kind) == 0) addKind(kinds + column, kind);
      if (++column == columns) break;
      if (load<u8>(p) != 0x2c) return stop(rowStart, row);
      p++;
      cell += step;
    }
    if (load<u8>(p) == 0x0d) p++;
    if (load<u8>(p) != 0x0a) return stop(rowStart, row);
    p++;
  }
  setProgress(p, stride);
  return FULL;
}

function stop(p: usize, rows: i32): i32 {
  takeBackKinds();
  setProgress(p, rows);
  return STOPPED;
}
