/** Numbers below a thousand and what stands behind the point, made once: printing a float costs ten times as much. */
const whole: readonly string[] = Array.from({ length: 1000 }, (_, n) => String(n));
const decimals: readonly string[] = whole.map((text) => `.${text.padStart(3, '0')}`);

/** Milliseconds with three decimals, as JSON. */
export function formatMs(ms: number): string {
  const us = Math.round(ms * 1000);
  if (us < 0 || us >= 1_000_000) return String(us / 1000);
  const thousands = Math.floor(us / 1000);
  return whole[thousands]! + decimals[us - thousands * 1000]!;
}
