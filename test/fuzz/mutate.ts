/** Random damage to bytes, repeatable by its seed. */

/** A generator of numbers in [0, 1) (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const tokens = [
  'null',
  'NaN',
  '-0',
  '1e999',
  '9223372036854775808',
  '"',
  '[',
  '{',
  '}',
  ']',
  ',',
  ':',
  '\\u0000',
  '-',
  '\ud800',
];

type Damage = (bytes: Buffer, random: () => number) => Buffer;

const damages: readonly Damage[] = [
  (bytes, random) => bytes.subarray(0, Math.floor(random() * (bytes.length + 1))),
  (bytes, random) => {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256);
    return copy;
  },
  (bytes, random) =>
    splice(bytes, random, Buffer.from(tokens[Math.floor(random() * tokens.length)] ?? '')),
  (bytes, random) => {
    const start = Math.floor(random() * bytes.length);
    return splice(bytes, random, bytes.subarray(start, start + Math.floor(random() * 64)));
  },
  (bytes, random) => {
    const start = Math.floor(random() * bytes.length);
    return Buffer.concat([
      bytes.subarray(0, start),
      bytes.subarray(start + 1 + Math.floor(random() * 8)),
    ]);
  },
];

function splice(bytes: Buffer, random: () => number, inserted: Buffer): Buffer {
  const at = Math.floor(random() * (bytes.length + 1));
  return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at)]);
}

/** One to three random damages. */
export function mutate(bytes: Buffer, random: () => number): Buffer {
  let damaged = bytes;
  for (let left = 1 + Math.floor(random() * 3); left > 0; left--) {
    damaged = damages[Math.floor(random() * damages.length)]!(damaged, random);
  }
  return damaged;
}
