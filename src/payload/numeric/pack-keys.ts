/** The keys of records in the form that kernels/numbers/parse-json-rows.ts compares them in. */
import { layout } from './numbers-memory.ts';

/** Lengths (u32), then at whole words each key with its quotes and zeros behind it; null when they need too much room. */
export function packKeys(labels: readonly string[]): Buffer | null {
  const keys = labels.map((label) => Buffer.from(`"${label}"`));
  let at = 8 * Math.ceil(labels.length / 2);
  const packed = Buffer.alloc(keys.reduce((size, key) => size + paddedLength(key.length), at));
  if (packed.length > layout.scratchBytes) return null;
  for (const [index, key] of keys.entries()) {
    packed.writeUInt32LE(key.length, 4 * index);
    key.copy(packed, at);
    at += paddedLength(key.length);
  }
  return packed;
}

/** Whole words, and at least one zero behind the key. */
function paddedLength(length: number): number {
  return (length & ~7) + 8;
}
