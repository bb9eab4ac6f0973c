/** A column of texts or byte strings → one buffer, with the places at which each begins. */
import type { PackedTexts } from './node.ts';

const halfPair = /\p{Surrogate}/u;

/**
 * Packs texts, null being a missing one, and adds the buffers to `buffers`.
 *
 * @returns null where a text holds half a surrogate pair, for which UTF-8 has no bytes
 */
export function packTexts(
  values: readonly (string | null)[],
  buffers: Uint8Array[],
): PackedTexts | null {
  const whole = values.join('');
  const data = Buffer.from(whole, 'utf8');
  const isAscii = data.length === whole.length;
  if (!isAscii && values.some((value) => value !== null && halfPair.test(value))) return null;
  const lengthOf = (text: string): number => (isAscii ? text.length : Buffer.byteLength(text));
  const offsets = new Uint32Array(values.length + 1);
  const missing = new Uint8Array(values.length);
  let end = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (value === null || value === undefined) missing[row] = 1;
    else end += lengthOf(value);
    offsets[row + 1] = end;
  }
  const first = buffers.push(bytesOf(offsets), data) - 2;
  const hasMissing = missing.includes(1);
  if (hasMissing) buffers.push(missing);
  return [first, first + 1, hasMissing ? first + 2 : null, isAscii ? 'ascii' : 'utf-8'];
}

/** Packs byte strings. */
export function packBytes(values: readonly Uint8Array[], buffers: Uint8Array[]): PackedTexts {
  const offsets = new Uint32Array(values.length + 1);
  values.forEach((value, row) => {
    offsets[row + 1] = (offsets[row] ?? 0) + value.length;
  });
  const first = buffers.push(bytesOf(offsets), Buffer.concat(values)) - 2;
  return [first, first + 1, null, 'bytes'];
}

/** The memory of a typed array as bytes. */
export function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
