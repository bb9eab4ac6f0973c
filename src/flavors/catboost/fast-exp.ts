/**
 * The exponential that CatBoost uses for Poisson, Tweedie and uncertainty: fmath's `expd_v` compiled for AVX2 and FMA. It
 * takes four values at a time, and the rest one by one with a fused multiply-add.
 * Source: CatBoost 1.2 contrib/libs/fmath/fmath.hpp, library/cpp/fast_exp.
 */

const tableBits = 11;
const tableSize = 1 << tableBits;
const indexesPerUnit = tableSize / Math.LN2;
const unitsPerIndex = 1 / indexesPerUnit;
/** Added to a small number, it rounds it to an integer, which then stands in the low bits. */
const rounder = 1.5 * 2 ** 52;
const sixth = 0.16666666685227835;
const three = 3.0000000027955394;

const greatest = 709.782725693384;
const greatestSingle = 709.782712893384;
const least = -708.39641853226408;

let powers: Float64Array | undefined;

/** 2^(i / 2048), rounded correctly: multiplied up in 192 bits from roots of two. */
function powersOfTwo(): Float64Array {
  const bits = 192n;
  const one = 1n << bits;
  const roots: bigint[] = [];
  let root = 2n << bits;
  for (let k = 0; k < tableBits; k += 1) {
    root = squareRoot(root << bits);
    roots.unshift(root);
  }
  const table = new Float64Array(tableSize);
  for (let i = 0; i < tableSize; i += 1) {
    let product = one;
    for (let k = 0; k < tableBits; k += 1) {
      if ((i >> k) & 1) product = (product * (roots[k] as bigint)) >> bits;
    }
    table[i] = Number(product >> (bits - 100n)) / 2 ** 100;
  }
  return table;
}

function squareRoot(value: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(value.toString(2).length / 2));
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** e^x of every element, in place. */
export function fastExpInPlace(values: Float64Array): void {
  powers ??= powersOfTwo();
  const whole = values.length - (values.length % 4);
  for (let i = 0; i < whole; i += 1) {
    const x = values[i] as number;
    // As minpd and maxpd do it, NaN becomes the greatest.
    const below = x < greatest ? x : greatest;
    values[i] = exponential(below > least ? below : least, powers, false);
  }
  for (let i = whole; i < values.length; i += 1) {
    values[i] = singleExponential(values[i] as number, powers);
  }
}

function singleExponential(x: number, table: Float64Array): number {
  if (x <= least) return 0;
  if (x >= greatestSingle) return Infinity;
  return exponential(x, table, true);
}

function exponential(x: number, table: Float64Array, fused: boolean): number {
  const index = x * indexesPerUnit + rounder - rounder;
  const t = index * unitsPerIndex - x;
  const cubic = (three - t) * (t * t);
  const y = (fused ? fusedMultiplySubtract(cubic, sixth, t) : cubic * sixth - t) + 1;
  const power = Math.floor(index / tableSize);
  const fraction = table[index - power * tableSize] as number;
  return y * (fraction * 2 ** power);
}

const splitter = 2 ** 27 + 1;

/** a × b − c, rounded once. For values far from the ends of the range. */
function fusedMultiplySubtract(a: number, b: number, c: number): number {
  const product = a * b;
  const [aHigh, aLow] = split(a);
  const [bHigh, bLow] = split(b);
  const productRest = aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
  const [sum, sumRest] = exactSum(product, -c);
  return sum + oddSum(sumRest, productRest);
}

function split(value: number): readonly [high: number, low: number] {
  const scaled = splitter * value;
  const high = scaled - (scaled - value);
  return [high, value - high];
}

/** Sum and what rounding it lost. */
function exactSum(a: number, b: number): readonly [sum: number, rest: number] {
  const sum = a + b;
  const bPart = sum - a;
  return [sum, a - (sum - bPart) + (b - bPart)];
}

const oneFloat = new Float64Array(1);
const oneInteger = new BigInt64Array(oneFloat.buffer);

/** a + b, where an inexact sum gets an odd last bit, so that rounding it again can't hide what was lost. */
function oddSum(a: number, b: number): number {
  const [sum, rest] = exactSum(a, b);
  if (rest === 0) return sum;
  oneFloat[0] = sum;
  const bits = oneInteger[0] as bigint;
  if ((bits & 1n) === 1n) return sum;
  oneInteger[0] = rest > 0 === sum > 0 ? bits + 1n : bits - 1n;
  return oneFloat[0];
}
