/** Cells that mean "missing". Source: pandas 3.1 _libs/parsers.pyx STR_NA_VALUES. */
const naTokens: ReadonlySet<string> = new Set([
  '',
  '#N/A',
  '#N/A N/A',
  '#NA',
  '-1.#IND',
  '-1.#QNAN',
  '-NaN',
  '-nan',
  '1.#IND',
  '1.#QNAN',
  '<NA>',
  'N/A',
  'NA',
  'NULL',
  'NaN',
  'None',
  'n/a',
  'nan',
  'null',
]);

const longest = 8;
/** First bytes of the tokens: `#`, `-`, `1`, `<`, `N`, `n`. */
const firstBytes: ReadonlySet<number> = new Set([35, 45, 49, 60, 78, 110]);

/** True when the bytes are exactly one of pandas' default NA tokens. */
export function isNaToken(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length === 0) return true;
  if (length === 1 || length > longest + 1 || !firstBytes.has(bytes[start]!)) return false;
  const last = bytes[end - 1]!;
  if (last >= 48 && last <= 57) return false;
  let text = '';
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at]!);
  return naTokens.has(text);
}
