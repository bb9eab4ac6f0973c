/** Decimal text → the nearest float32, in one rounding as XGBoost's reader does (through double it would be two). */

/**
 * Nearest float32 of a decimal number. `Number` and then `Math.fround` is wrong only where the double
 * lies exactly between two float32 values; there the digits themselves decide.
 *
 * @param text digits with an optional sign, point and exponent
 */
export function parseFloat32(text: string): number {
  const wide = Number(text);
  const narrow = Math.fround(wide);
  if (narrow === wide || !Number.isFinite(narrow)) return narrow;
  const other = neighbour(narrow, wide);
  if (wide - narrow !== other - wide) return narrow;
  const order = compareToDouble(text, wide);
  if (order === 0) return narrow;
  return order > 0 ? Math.max(narrow, other) : Math.min(narrow, other);
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The float32 next to `value` in the direction of `towards`. */
function neighbour(value: number, towards: number): number {
  if (value === 0) return Math.sign(towards) * 2 ** -149;
  float[0] = value;
  bits[0] = (bits[0] as number) + (Math.abs(towards) > Math.abs(value) ? 1 : -1);
  return float[0];
}

/** Sign of (decimal − double), exactly. */
function compareToDouble(text: string, wide: number): number {
  const decimal = decimalParts(text);
  const [mantissa, exponent] = doubleParts(wide);
  const left = scale(scale(decimal.digits, 10n, decimal.exponent), 2n, -exponent);
  const right = scale(scale(mantissa, 10n, -decimal.exponent), 2n, exponent);
  if (left === right) return 0;
  return left > right ? 1 : -1;
}

function decimalParts(text: string): { digits: bigint; exponent: number } {
  const [significand = '0', power = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = significand.replace('+', '').split('.');
  return { digits: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}

/** `value` = mantissa × 2^exponent, with an integer mantissa. */
function doubleParts(value: number): [bigint, number] {
  let mantissa = value;
  let exponent = 0;
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    exponent -= 1;
  }
  return [BigInt(mantissa), exponent];
}

/** `value` × base^power, for powers that are not negative; other powers stand on the other side. */
function scale(value: bigint, base: bigint, power: number): bigint {
  return power > 0 ? value * base ** BigInt(power) : value;
}
