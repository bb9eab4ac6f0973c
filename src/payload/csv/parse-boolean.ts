/** Spells `TRUE` and `FALSE`, lower case. */
const trueBytes = [116, 114, 117, 101];
const falseBytes = [102, 97, 108, 115, 101];

/**
 * `true` or `false` in any case: 1 or 0; anything else: -1.
 * Source: pandas 3.1 tokenizer.c to_boolean.
 */
export function parseBoolean(bytes: Uint8Array, start: number, end: number): number {
  if (end - start === 4 && matches(bytes, start, trueBytes)) return 1;
  if (end - start === 5 && matches(bytes, start, falseBytes)) return 0;
  return -1;
}

function matches(bytes: Uint8Array, start: number, word: readonly number[]): boolean {
  return word.every((byte, index) => (bytes[start + index]! | 32) === byte);
}
