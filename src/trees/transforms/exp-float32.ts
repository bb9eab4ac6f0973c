/** expf as glibc computes it, since XGBoost calls it: `Math.fround(Math.exp(x))` has another last bit for some values. */

/**
 * 2^(i/32). The method (argument reduction to 1/32 of an octave, cubic polynomial in double) and its
 * coefficients are those of ARM's optimized routines, which glibc ≥ 2.27 uses.
 */
// prettier-ignore
const powers = new Float64Array([
  1, 1.0218971486541166, 1.0442737824274138, 1.0671404006768237, 1.0905077326652577, 1.1143867425958924,
  1.1387886347566916, 1.1637248587775775, 1.189207115002721, 1.215247359980469, 1.241857812073484,
  1.2690509571917332, 1.2968395546510096, 1.3252366431597413, 1.3542555469368927, 1.383909881963832,
  1.4142135623730951, 1.4451808069770467, 1.4768261459394993, 1.5091644275934228, 1.5422108254079407,
  1.5759808451078865, 1.6104903319492543, 1.645755478153965, 1.681792830507429, 1.718619298122478,
  1.7562521603732995, 1.7947090750031072, 1.8340080864093424, 1.8741676341103, 1.9152065613971474,
  1.9571441241754002,
]);
/** 2^n from the lowest octave of a result that is not zero; looked up, since `**` takes longer than the rest. */
const lowestOctave = -151;
const octaves = Float64Array.from({ length: 281 }, (_, at) => 2 ** (at + lowestOctave));
const stepsPerUnit = 46.16624130844683; // 32 / ln 2
const cubic = 1.6938359250920212e-6;
const quadratic = 0.00023459809789509004;
const linear = 0.021660849396613134;
/** Adding and subtracting it rounds to an integer, ties to even. */
const roundingShift = 6755399441055744; // 1.5 × 2^52
const overflowAbove = 88.72283172607421875;
const underflowBelow = -103.972076416015625;

/**
 * e^x in float32, to the bit of glibc's `expf`.
 *
 * @param x a float32 value
 */
export function expFloat32(x: number): number {
  if (x > overflowAbove) return Infinity;
  if (x < underflowBelow) return 0;
  if (x !== x) return NaN;
  const scaled = stepsPerUnit * x;
  const steps = scaled + roundingShift - roundingShift;
  const rest = scaled - steps;
  const power = (powers[steps & 31] as number) * (octaves[(steps >> 5) - lowestOctave] as number);
  const polynomial = (cubic * rest + quadratic) * (rest * rest) + (linear * rest + 1);
  return Math.fround(polynomial * power);
}
