import { isFrame } from '../data/frame.ts';
import { isNdArray } from '../data/nd-array.ts';
import { isPyDict } from '../data/py-value.ts';
import type { ScoringInput } from '../data/scoring-data.ts';

/** Rows of a frame, length of the first dimension of arrays, length of a list; -1 where an input has no rows. */
export function rowsOf(input: ScoringInput): number {
  if (isFrame(input)) return input.rowCount;
  if (isNdArray(input)) return input.shape[0] ?? 1;
  if (Array.isArray(input)) return input.length;
  if (!isPyDict(input)) return -1;
  const [first] = input.values();
  return isNdArray(first) ? (first.shape[0] ?? 1) : -1;
}
