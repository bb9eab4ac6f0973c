import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter, maxLineBytes } from './line-splitter.ts';

function split(bytes: Buffer, size: number): readonly string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => void lines.push(line));
  for (let start = 0; start < bytes.length; start += size) {
    splitter.push(Buffer.from(bytes.subarray(start, start + size)));
  }
  splitter.end();
  return lines;
}

describe('lines', () => {
  it('come out as they were printed, whatever the pieces', () => {
    const line = fc.string({ unit: 'grapheme' }).filter((text) => !/[\r\n]/.test(text));
    fc.assert(
      fc.property(fc.array(line), fc.integer({ min: 1, max: 20 }), (lines, size) => {
        const bytes = Buffer.from(lines.map((each) => `${each}\n`).join(''));
        expect(split(bytes, size)).toEqual(lines);
      }),
    );
  });

  it('that are too long come in pieces that are whole characters', () => {
    for (const shift of [0, 1, 2, 3]) {
      const text = 'x'.repeat(shift) + '🚢'.repeat(50_000);
      const pieces = split(Buffer.from(`${text}\nnext`), 10_000);
      expect(pieces.slice(0, -1).join('')).toBe(text);
      expect(pieces.at(-1)).toBe('next');
      expect(pieces.every((piece) => Buffer.byteLength(piece) <= maxLineBytes)).toBe(true);
    }
  });

  it('of bytes that are no UTF-8 stay bounded', () => {
    const pieces = split(Buffer.alloc(3 * maxLineBytes, 0x80), 1000);
    expect(pieces.map((piece) => piece.length)).toEqual([maxLineBytes, maxLineBytes, maxLineBytes]);
  });
});
