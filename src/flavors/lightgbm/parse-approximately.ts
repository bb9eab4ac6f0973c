/**
 * A number as LightGBM's own quick parser reads it, which need not be the nearest double. The settings
 * of objectives go through it. Source: LightGBM 4.7 include/LightGBM/utils/common.h `Atof`.
 *
 * @returns NaN where there is no number
 */
export function parseApproximately(text: string): number {
  const match = /^ *([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?)(\d*))?/.exec(text);
  if (match === null) return Number.NaN;
  const [, sign, whole = '', fraction, exponentSign, exponent] = match;
  if (whole === '' && fraction === undefined && exponent === undefined) return Number.NaN;
  let value = digits(whole);
  if (fraction !== undefined) value += digits(fraction) / powerOf(10, fraction.length);
  const scale = scaleOf(exponent ?? '');
  const scaled = exponentSign === '-' ? value / scale : value * scale;
  return sign === '-' ? -scaled : scaled;
}

function digits(text: string): number {
  let value = 0;
  for (const digit of text) value = value * 10 + Number(digit);
  return value;
}

function powerOf(base: number, power: number): number {
  if (power === 0) return 1;
  if (power % 2 === 0) return powerOf(base * base, power / 2);
  if (power % 3 === 0) return powerOf(base * base * base, power / 3);
  return base * powerOf(base, power - 1);
}

function scaleOf(text: string): number {
  let exponent = Math.min(Number(text === '' ? 0 : text), 308);
  let scale = 1;
  for (; exponent >= 50; exponent -= 50) scale *= 1e50;
  for (; exponent >= 8; exponent -= 8) scale *= 1e8;
  for (; exponent > 0; exponent -= 1) scale *= 10;
  return scale;
}
