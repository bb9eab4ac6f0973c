import { describe, expect, it } from 'vitest';
import { fromFloat16Bits, toFloat16Bits } from './float16.ts';

describe('float16', () => {
  it('keeps every half', () => {
    const bits = Uint16Array.from({ length: 0x10000 }, (_, i) => i);
    const values = fromFloat16Bits(bits);
    const back = toFloat16Bits(values);
    const changed = bits.filter((half, i) => !Number.isNaN(values[i]) && back[i] !== half);
    expect(Array.from(changed)).toEqual([]);
    expect(values[0x3c00]).toBe(1);
    expect(values[1]).toBe(2 ** -24);
    expect(values[0x7bff]).toBe(65504);
    expect(Object.is(values[0x8000], -0)).toBe(true);
  });

  it('rounds to nearest, ties to even', () => {
    const values = [1 + 2 ** -11, 1 + 3 * 2 ** -11, 65520, 65519, 2 ** -25, 2 ** -25 * 1.5, -1e-9];
    expect(Array.from(toFloat16Bits(Float32Array.from(values)))).toEqual([
      0x3c00, 0x3c02, 0x7c00, 0x7bff, 0, 1, 0x8000,
    ]);
  });
});
