import { describe, expect, it } from 'vitest';
import { expFloat32 } from './exp-float32.ts';
import { expFloat64 } from './exp-float64.ts';
import { log1pFloat64 } from './log1p-float64.ts';
import { logFloat32 } from './log-float32.ts';
import { logitFloat32, sigmoidInPlace } from './sigmoid.ts';
import { argmaxRows, softmaxInPlace } from './softmax.ts';

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** Hash of the bits of 100,000 results; the expected ones come from glibc 2.36 through ctypes. */
function hashOf(compute: (x: number) => number, first: number, step: number): number {
  let hash = 0;
  for (let i = 0; i < 100_000; i += 1) {
    float[0] = compute(Math.fround(i * step + first));
    hash = (Math.imul(hash, 31) + (bits[0] as number)) >>> 0;
  }
  return hash;
}

describe('expFloat32', () => {
  it('has the bits of glibc', () => {
    expect(hashOf(expFloat32, -104, 0.00193)).toBe(1752114722);
    expect(expFloat32(-103.5)).toBe(2 ** -149);
  });

  it('ends in infinity, zero and NaN', () => {
    expect([89, Infinity, -105, -Infinity, NaN].map(expFloat32)).toEqual([
      Infinity,
      Infinity,
      0,
      0,
      NaN,
    ]);
  });
});

describe('logFloat32', () => {
  it('has the bits of glibc', () => {
    expect(hashOf(logFloat32, 0.00001, 0.00037)).toBe(638372268);
    expect(logFloat32(Math.fround(1e-40))).toBe(Math.fround(-92.10340881347656));
  });

  it('ends in infinities, zero and NaN', () => {
    expect([0, -0, 1, Infinity, -1, NaN].map(logFloat32)).toEqual([
      -Infinity,
      -Infinity,
      0,
      Infinity,
      NaN,
      NaN,
    ]);
  });
});

describe('sigmoidInPlace and logitFloat32', () => {
  it('stay finite at both ends', () => {
    const values = Float32Array.of(-1000, 0, 1000, Infinity, -Infinity);
    sigmoidInPlace(values);
    expect(Array.from(values.slice(1, 4))).toEqual([0.5, 1, 1]);
    expect(values[0]).toBeGreaterThan(0);
    expect([logitFloat32(0), logitFloat32(0.5), logitFloat32(1)].every(Number.isFinite)).toBe(true);
    expect(logitFloat32(0.5)).toBe(-0);
  });
});

describe('softmaxInPlace', () => {
  it('works on each row', () => {
    const values = Float32Array.of(0, 0, 1000, 1000, -1000, 0);
    softmaxInPlace(values, 2);
    expect(Array.from(values)).toEqual([0.5, 0.5, 0.5, 0.5, 0, 1]);
  });
});

describe('argmaxRows', () => {
  it('takes the first of equals', () => {
    expect(Array.from(argmaxRows(Float32Array.of(1, 3, 3, 5, 5, 4), 3))).toEqual([1, 0]);
  });
});

const words = new Uint32Array(2);
const double = new Float64Array(words.buffer);

/** The same over float64: glibc 2.36 on x86-64 with FMA. */
function hashOfDoubles(compute: (x: number) => number, first: number, step: number): number {
  let hash = 0;
  for (let i = 0; i < 100_000; i += 1) {
    double[0] = compute(i * step + first);
    for (const word of words) hash = (Math.imul(hash, 31) + word) >>> 0;
  }
  return hash;
}

describe('expFloat64', () => {
  it('has the bits of glibc', () => {
    expect(hashOfDoubles(expFloat64, -745.5, 0.014567)).toBe(3598892188);
    expect(hashOfDoubles(expFloat64, -5, 0.0001001)).toBe(1237644809);
  });

  it('ends in infinity, zero, one and NaN', () => {
    const ends = [709.7827128933841, Infinity, -745.2, -Infinity, -0, 1e-300, NaN].map(expFloat64);
    expect(ends).toEqual([Infinity, Infinity, 0, 0, 1, 1, NaN]);
    expect(expFloat64(-745.1332191019411)).toBe(5e-324);
  });
});

describe('log1pFloat64', () => {
  it('has the bits of glibc', () => {
    expect(hashOfDoubles(log1pFloat64, 0, 0.00037)).toBe(743129505);
    expect(hashOfDoubles(log1pFloat64, 0, 12345.678)).toBe(2910704326);
  });

  it('keeps what is too small or too large', () => {
    expect([0, 5e-324, Infinity, NaN].map(log1pFloat64)).toEqual([0, 5e-324, Infinity, NaN]);
  });
});
