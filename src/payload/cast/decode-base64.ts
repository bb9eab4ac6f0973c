/** Base64 as Python's `base64.decodebytes` reads it: what is not in the alphabet is dropped. Source: CPython 3.11 binascii.c. */
import { pythonError } from './python-error.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

const sextets: Int8Array = (() => {
  const table = new Int8Array(256).fill(-1);
  for (let at = 0; at < 64; at += 1) table[alphabet.charCodeAt(at)] = at;
  return table;
})();

const pad = 0x3d;

/**
 * Decodes the text. Reading stops at padding that completes a group of four.
 * @throws INVALID_INPUT when the data ends inside a group
 */
export function decodeBase64(text: string): Uint8Array {
  const bytes: number[] = [];
  let [position, leftover, pads, count] = [0, 0, 0, 0];
  for (const code of Buffer.from(text, 'utf8')) {
    if (code === pad) {
      pads += 1;
      if (position >= 2 && position + pads >= 4) return Uint8Array.from(bytes);
      continue;
    }
    const sextet = sextets[code] ?? -1;
    if (sextet === -1) continue;
    [pads, count] = [0, count + 1];
    if (position > 0) bytes.push((((leftover << 6) | sextet) >> (6 - 2 * position)) & 0xff);
    leftover = sextet & ((1 << (6 - 2 * position)) - 1);
    position = (position + 1) % 4;
  }
  if (position !== 0) throw truncated(position, count);
  return Uint8Array.from(bytes);
}

function truncated(position: number, count: number): Error {
  return position === 1
    ? pythonError(
        'Error',
        `Invalid base64-encoded string: number of data characters (${count}) cannot be 1 more than a multiple of 4`,
      )
    : pythonError('Error', 'Incorrect padding');
}
