/** Lists of numbers between blanks, read from bytes: the bulk of a model text. */
import { invalidModelText } from './invalid-model-text.ts';
import { parseDouble } from './parse-double.ts';
import type { TextSpan } from './text-lines.ts';

const blank = 0x20;
const minus = 0x2d;
const zero = 0x30;

/**
 * Fills `values` with as many integers as it has room for; there must be no more of them.
 *
 * @param what name of the list, for the error
 * @param range smallest and largest value allowed
 * @throws MODEL_FILE_INVALID
 */
export function parseIntegers<Values extends Int32Array | Uint32Array>(
  bytes: Uint8Array,
  span: TextSpan,
  values: Values,
  what: string,
  [least, most]: readonly [number, number],
): Values {
  let at = span.start;
  for (let i = 0; i < values.length; i += 1) {
    while (at < span.end && bytes[at] === blank) at += 1;
    const negative = bytes[at] === minus;
    const first = negative ? at + 1 : at;
    let value = 0;
    for (at = first; at < span.end; at += 1) {
      const digit = (bytes[at] as number) - zero;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    const signed = negative ? -value : value;
    if (at === first || signed < least || signed > most) {
      throw invalidModelText(`"${what}" has no integer from ${least} to ${most} at place ${i}`);
    }
    values[i] = signed;
  }
  checkEnd(bytes, at, span, what);
  return values;
}

/**
 * Fills `values` with as many doubles as it has room for, each the one nearest to its text as C's `strtod`
 * gives it; there must be no more of them.
 *
 * @param what name of the list, for the error
 * @throws MODEL_FILE_INVALID
 */
export function parseDoubles(
  bytes: Buffer,
  span: TextSpan,
  values: Float64Array,
  what: string,
): Float64Array {
  let at = span.start;
  for (let i = 0; i < values.length; i += 1) {
    while (at < span.end && bytes[at] === blank) at += 1;
    const start = at;
    while (at < span.end && bytes[at] !== blank) at += 1;
    values[i] = parseDouble(bytes, start, at, what);
  }
  checkEnd(bytes, at, span, what);
  return values;
}

/**
 * Keeps a small file from asking for gigabytes: a number takes a byte, and a blank parts it from the next.
 * @throws MODEL_FILE_INVALID
 */
export function checkRoom({ start, end }: TextSpan, count: number, what: string): void {
  if (count <= (end - start + 1) / 2) return;
  throw invalidModelText(`"${what}" holds fewer than ${count} numbers`);
}

function checkEnd(bytes: Uint8Array, at: number, { end }: TextSpan, what: string): void {
  for (let rest = at; rest < end; rest += 1) {
    if (bytes[rest] !== blank) throw invalidModelText(`"${what}" holds too many numbers`);
  }
}
