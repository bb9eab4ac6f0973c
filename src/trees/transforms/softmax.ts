/** Softmax and argmax over rows of float32, in XGBoost's order of operations. */
import { expFloat32 } from './exp-float32.ts';

/**
 * Softmax of every run of `width` elements, in place: exponentials in float32, their sum in float64,
 * the quotient in float32. Source: XGBoost 3.2 src/common/math.h `Softmax`.
 */
export function softmaxInPlace(values: Float32Array, width: number): void {
  for (let start = 0; start < values.length; start += width) {
    const end = start + width;
    let largest = values[start] as number;
    for (let i = start + 1; i < end; i += 1) largest = fmax(values[i] as number, largest);
    let sum = 0;
    for (let i = start; i < end; i += 1) {
      const power = expFloat32(Math.fround((values[i] as number) - largest));
      values[i] = power;
      sum += power;
    }
    const divisor = Math.fround(sum);
    for (let i = start; i < end; i += 1) values[i] = (values[i] as number) / divisor;
  }
}

/** C's fmaxf: a number wins over NaN. */
function fmax(a: number, b: number): number {
  return a > b || b !== b ? a : b;
}

/** Index of the first largest element of every run of `width` elements. Shape [runs]. */
export function argmaxRows(values: Float32Array, width: number): Float32Array {
  const indexes = new Float32Array(values.length / width);
  for (let row = 0; row < indexes.length; row += 1) {
    const start = row * width;
    let best = start;
    for (let i = start + 1; i < start + width; i += 1) {
      if ((values[i] as number) > (values[best] as number)) best = i;
    }
    indexes[row] = best - start;
  }
  return indexes;
}
