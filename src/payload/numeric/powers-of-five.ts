/** The 128-bit powers of five that both directions of number conversion multiply by. */

const smallestPower = -342;
const largestPower = 324;
const wordLimit = 1n << 128n;

/**
 * Powers 5^q for q = -342…324 as 128-bit mantissas with the top bit set, high word first. Rounded down where not exact, and up for
 * -27…-1, as the Eisel-Lemire method wants them. Source: fast_float 8, `script/table_generation.py`.
 */
export function powersOfFive(): BigUint64Array {
  const table = new BigUint64Array(2 * (largestPower - smallestPower + 1));
  let power = 1n;
  for (let q = 0; q <= -smallestPower; q++, power *= 5n) {
    if (q <= largestPower) store(table, q, truncate(power));
    if (q > 0) store(table, -q, reciprocal(power, q));
  }
  return table;
}

function store(table: BigUint64Array, q: number, mantissa: bigint): void {
  table[2 * (q - smallestPower)] = mantissa >> 64n;
  table[2 * (q - smallestPower) + 1] = mantissa & 0xffff_ffff_ffff_ffffn;
}

/** Scales to 128 bits. */
function truncate(value: bigint): bigint {
  const excess = BigInt(bitLength(value) - 128);
  return excess < 0n ? value << -excess : value >> excess;
}

function reciprocal(power: bigint, q: number): bigint {
  const bits = BigInt(bitLength(power));
  if (q <= 27) return (1n << (bits + 127n)) / power + 1n;
  const quotient = (1n << (bits + 128n)) / power;
  return quotient >= wordLimit ? quotient >> 1n : quotient;
}

function bitLength(value: bigint): number {
  const text = value.toString(16);
  return 4 * (text.length - 1) + 32 - Math.clz32(Number.parseInt(text.charAt(0), 16));
}
