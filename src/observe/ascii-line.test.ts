import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AsciiLine, asciiPiece } from './ascii-line.ts';

function print(write: (line: AsciiLine) => void): string {
  const line = new AsciiLine();
  line.bytes = new Uint8Array(100);
  line.at = 3;
  write(line);
  return Buffer.from(line.bytes.subarray(3, line.at)).toString('latin1');
}

it('prints whole numbers as String does', () => {
  fc.assert(
    fc.property(fc.oneof(fc.nat(), fc.nat(2 ** 52)), (value) => {
      expect(print((line) => line.integer(value))).toBe(String(value));
    }),
  );
  for (const value of [0, 9, 10, 99, 100, 2 ** 31 - 1, 2 ** 31]) {
    expect(print((line) => line.integer(value))).toBe(String(value));
  }
});

it('prints microseconds as milliseconds with three decimals', () => {
  fc.assert(
    fc.property(fc.oneof(fc.nat(20_000), fc.nat(2 ** 40)), (us) => {
      const expected = `${Math.trunc(us / 1000)}.${String(us % 1000).padStart(3, '0')}`;
      expect(print((line) => line.microseconds(us))).toBe(expected);
    }),
  );
  for (const us of [2 ** 31 - 1, 2 ** 31, 2 ** 31 + 999]) {
    expect(print((line) => line.microseconds(us))).toBe((us / 1000).toFixed(3));
  }
});

it('appends texts and pieces one after another', () => {
  expect(
    print((line) => {
      line.piece(asciiPiece('{"a":"'));
      line.text('b-1');
      line.piece(asciiPiece('"}\n'));
    }),
  ).toBe('{"a":"b-1"}\n');
});
