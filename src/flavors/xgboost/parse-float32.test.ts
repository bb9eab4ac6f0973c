import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFloat32 } from './parse-float32.ts';

describe('parseFloat32', () => {
  it('rounds once where double rounding is off by one', () => {
    // 1 + 2^-24 lies halfway between two float32 values; a digit far behind decides.
    expect(parseFloat32('1.000000059604644775390625')).toBe(1);
    expect(parseFloat32('1.0000000596046447753906250000000001')).toBe(1 + 2 ** -23);
    expect(parseFloat32('-1.0000000596046447753906250000000001')).toBe(-1 - 2 ** -23);
    expect(parseFloat32('1.00000017881393432617187499999999')).toBe(1 + 2 ** -23);
    expect(parseFloat32('1.00000017881393432617187499999999e0')).toBe(1 + 2 ** -23);
  });

  it('handles the ends of the range', () => {
    expect(parseFloat32('1e-46')).toBe(0);
    expect(parseFloat32('7.1e-46')).toBe(2 ** -149);
    expect(parseFloat32('3.5e38')).toBe(Infinity);
    expect(parseFloat32('-0E0')).toBe(-0);
  });

  it('reads what it prints', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(parseFloat32(String(value))).toBe(Object.is(value, -0) ? 0 : value);
      }),
    );
  });
});
