import { describe, expect, it } from 'vitest';
import { FlatTable } from './flat-buffer.ts';

const invalid = expect.objectContaining({ code: 'MODEL_FILE_INVALID' });

/**
 * A root table with an int32 (field 0), a vector of three int32 (field 1) and a vector of two tables, both itself (field 2).
 */
function sample(): Buffer {
  const bytes = Buffer.alloc(72);
  bytes.writeUInt32LE(16, 0);
  // Field list: its size, the table's size, offsets of the fields.
  bytes.writeUInt16LE(10, 4);
  bytes.writeUInt16LE(16, 6);
  bytes.writeUInt16LE(4, 8);
  bytes.writeUInt16LE(8, 10);
  bytes.writeUInt16LE(12, 12);
  bytes.writeInt32LE(12, 16);
  bytes.writeInt32LE(-7, 20);
  bytes.writeUInt32LE(8, 24);
  bytes.writeUInt32LE(20, 28);
  bytes.writeUInt32LE(3, 32);
  for (const [i, value] of [1, 2, 3].entries()) bytes.writeInt32LE(value, 36 + i * 4);
  bytes.writeUInt32LE(1, 48);
  bytes.writeUInt32LE(16, 52);
  bytes.writeInt32LE(56, 68);
  return bytes;
}

describe('FlatTable', () => {
  it('reads scalars, vectors and defaults', () => {
    const root = FlatTable.root(sample());
    expect(root.int32(0)).toBe(-7);
    expect(Array.from(root.int32s(1))).toEqual([1, 2, 3]);
    expect(root.int32(9, 5)).toBe(5);
    expect(root.text(9)).toBe('');
    expect(root.tables(9)).toEqual([]);
  });

  it.each([
    ['the root', 0, 0xfffffff0],
    ['the field list', 16, 0x7fffffff],
    ['a vector', 24, 0x40000000],
    ['a length', 32, 0xffffffff],
    ['a size of fields', 4, 0xffff],
  ])('refuses an offset of %s outside of the buffer', (_, at, value) => {
    const bytes = sample();
    if (value === 0xffff) bytes.writeUInt16LE(value, at);
    else bytes.writeUInt32LE(value, at);
    expect(() => FlatTable.root(bytes).int32s(1)).toThrow(invalid);
  });

  it('refuses a field that is missing or lies outside of its table', () => {
    expect(() => FlatTable.root(sample()).table(9)).toThrow(invalid);
    const bytes = sample();
    bytes.writeUInt16LE(14, 8);
    expect(() => FlatTable.root(bytes).int32(0)).toThrow(invalid);
  });

  it('bounds what shared vectors may add up to', () => {
    const bytes = Buffer.concat([sample(), Buffer.alloc(60_000)]);
    bytes.writeUInt32LE(10_000, 32);
    const root = FlatTable.root(bytes);
    expect(() => {
      for (let i = 0; i < 1000; i += 1) root.int32s(1);
    }).toThrow(invalid);
  });
});
